"""A throw-away network by OpenSSL's programs: anchor, issuing CA, leaf from a CSR, trust root and its descriptor."""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import coap


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
        for name in "trust", "manager":
            self._key(name)

    @property
    def trust_root(self) -> bytes:
        """x and y of the trust root's key."""
        return self._public_key("trust")

    @property
    def manager_key(self) -> bytes:
        """The manager's static key for EDHOC, PEM."""
        return (self._folder / "manager.key").read_bytes()

    def descriptor(self, network: str, epoch: int = 1) -> bytes:
        """A trust descriptor, from docs/spec/trust.md alone."""
        name = _subject(openssl("x509", "-in", self._folder / "root.pem", "-outform", "DER"))
        anchors = [[name, self._public_key("root")]]
        content = coap.cbor({1: 1, 2: network, 3: epoch, 4: [self._public_key("manager")], 5: [], 6: anchors})
        protected = coap.cbor({1: -7})
        signed = coap.cbor(["Signature1", protected, b"muster-trust", content])
        signature = openssl("dgst", "-sha256", "-sign", self._folder / "trust.key", data=signed)
        kid = hashlib.sha256(coap.cbor({1: 2, -1: 1, -2: self.trust_root[:32], -3: self.trust_root[32:]})).digest()[:8]
        return coap.cbor([protected, {4: kid}, content, _raw_signature(signature)])

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

    def _key(self, name: str) -> None:
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self._folder / f"{name}.key")

    def _public_key(self, name: str) -> bytes:
        return openssl("ec", "-in", self._folder / f"{name}.key", "-pubout", "-outform", "DER")[-64:]

    def _certificate(self, name: str, subject: str, issuer: str | None, *extensions: str) -> None:
        folder = self._folder
        self._key(name)
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


def _element(data: bytes) -> tuple[bytes, bytes, bytes]:
    """The first DER element's content, the whole of it, and what is behind it."""
    start, count = 2, data[1]
    if count >= 0x80:
        start, count = 2 + (count & 0x7F), int.from_bytes(data[2 : 2 + (count & 0x7F)], "big")
    return data[start : start + count], data[: start + count], data[start + count :]


def _subject(certificate: bytes) -> bytes:
    rest = _element(_element(certificate)[0])[0]
    # Version, serial number, signature algorithm, issuer, validity.
    for _ in range(5):
        rest = _element(rest)[2]
    return _element(rest)[1]


def _raw_signature(der: bytes) -> bytes:
    r, _, rest = _element(_element(der)[0])
    s = _element(rest)[0]
    return b"".join(int.from_bytes(number, "big").to_bytes(32, "big") for number in (r, s))
