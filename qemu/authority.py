"""A throw-away certification authority by OpenSSL's programs: root, issuing CA, leaf from a CSR."""

from __future__ import annotations

import subprocess
from pathlib import Path


def openssl(*arguments: str | Path, data: bytes | None = None) -> bytes:
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, capture_output=True)
    if done.returncode != 0:
        raise OSError(f"openssl {arguments[0]}: {done.stderr.decode()}")
    return done.stdout


class Authority:
    def __init__(self, folder: Path):
        self._folder = folder
        usage = "keyUsage=critical,keyCertSign"
        self._certificate("root", "/CN=Root", None, "basicConstraints=critical,CA:TRUE", usage)
        self._certificate("issuing", "/CN=Issuing", "root", "basicConstraints=critical,CA:TRUE,pathlen:0", usage)

    @property
    def anchor(self) -> bytes:
        return openssl("x509", "-in", self._folder / "root.pem", "-outform", "DER")

    def issue(self, csr: bytes) -> bytes:
        """Checks the request's signature and issues; a certs-only PKCS#7 with the leaf and the issuing CA."""
        folder = self._folder
        (folder / "csr.der").write_bytes(csr)
        openssl("req", "-inform", "DER", "-in", folder / "csr.der", "-out", folder / "csr.pem", "-verify")
        usage = "keyUsage=critical,digitalSignature", "extendedKeyUsage=clientAuth"
        self._sign("leaf", "issuing", "basicConstraints=critical,CA:FALSE", *usage, copies_names=True)
        openssl(
            *("verify", "-x509_strict", "-CAfile", folder / "root.pem", "-untrusted", folder / "issuing.pem"),
            folder / "leaf.pem",
        )
        chain = "-certfile", folder / "leaf.pem", "-certfile", folder / "issuing.pem"
        return openssl("crl2pkcs7", "-nocrl", *chain, "-outform", "DER")

    def verify_with_leaf(self, signature: bytes, data: bytes) -> None:
        """Verifies r and s side by side with the key of the leaf that was issued last."""
        folder = self._folder
        (folder / "key.pem").write_bytes(openssl("x509", "-in", folder / "leaf.pem", "-noout", "-pubkey"))
        (folder / "signature").write_bytes(_der_signature(signature))
        openssl("dgst", "-sha256", "-verify", folder / "key.pem", "-signature", folder / "signature", data=data)

    def _certificate(self, name: str, subject: str, issuer: str | None, *extensions: str) -> None:
        folder = self._folder
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder / f"{name}.key")
        openssl("req", "-new", "-key", folder / f"{name}.key", "-subj", subject, "-out", folder / "csr.pem")
        self._sign(name, issuer, *extensions)

    def _sign(self, name: str, issuer: str | None, *extensions: str, copies_names: bool = False) -> None:
        folder = self._folder
        lines = [*extensions, "subjectKeyIdentifier=hash", "authorityKeyIdentifier=keyid"]
        (folder / "extensions").write_text("\n".join(lines) + "\n")
        by = ["-CA", folder / f"{issuer}.pem", "-CAkey", folder / f"{issuer}.key"] if issuer else [
            "-key", folder / f"{name}.key"]
        openssl(
            *("x509", "-req", "-in", folder / "csr.pem", *by, "-days", "365", "-sha256"),
            *("-extfile", folder / "extensions", *(("-copy_extensions", "copy") if copies_names else ())),
            *("-out", folder / f"{name}.pem"),
        )


def _der_signature(signature: bytes) -> bytes:
    def integer(number: bytes) -> bytes:
        number = number.lstrip(b"\0")
        if number[0] & 0x80:
            number = b"\0" + number
        return bytes([2, len(number)]) + number

    body = integer(signature[:32]) + integer(signature[32:])
    return bytes([0x30, len(body)]) + body
