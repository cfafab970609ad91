"""Reads CMC messages with pyasn1's modules of RFC 5652 and RFC 6402, as an eye that does not share our code.

    python3 cmc.py request|revocation|response FILE

prints what it found as one JSON object, and fails when decoding fails, when something stands behind the message, or when the
controls are not encoded as DER would have them.
"""

import json
import sys

from pyasn1.codec.der import decoder, encoder
from pyasn1.type import univ
from pyasn1_alt_modules import rfc5652, rfc6402


def decode(data, spec):
    value, rest = decoder.decode(data, asn1Spec=spec)
    assert not rest, "something stands behind the value"
    return value


def octets(number):
    """An INTEGER as DER has it."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big").hex()


kind, path = sys.argv[1:]
message = decode(open(path, "rb").read(), rfc5652.ContentInfo())
assert message["contentType"] == rfc5652.id_signedData
signed = decode(message["content"], rfc5652.SignedData())
content = bytes(signed["encapContentInfo"]["eContent"])
spec = {"request": rfc6402.PKIData, "revocation": rfc6402.PKIData, "response": rfc6402.PKIResponse}[kind]()
body = decode(content, spec)
assert encoder.encode(body) == content, "not DER"

controls = {}
for control in body["controlSequence"]:
    value = bytes(control["attrValues"][0])
    name = str(control["attrType"])
    if name == str(rfc6402.id_cmc_transactionId):
        controls["transaction"] = "%x" % int(decode(value, univ.Integer()))
    elif name == str(rfc6402.id_cmc_senderNonce):
        controls["senderNonce"] = bytes(decode(value, univ.OctetString())).hex()
    elif name == str(rfc6402.id_cmc_recipientNonce):
        controls["recipientNonce"] = bytes(decode(value, univ.OctetString())).hex()
    elif name == str(rfc6402.id_cmc_statusInfoV2):
        status = decode(value, rfc6402.CMCStatusInfoV2())
        controls["bodyParts"] = ",".join(str(int(part["bodyPartID"])) for part in status["bodyList"])
        controls["status"] = str(int(status["cMCStatus"]))
        controls["statusString"] = str(status["statusString"]) if status["statusString"].isValue else ""
        if status["otherInfo"].isValue:
            controls["failInfo"] = str(int(status["otherInfo"]["failInfo"]))
    elif name == str(rfc6402.id_cmc_revokeRequest):
        revocation = decode(value, rfc6402.RevokeRequest())
        assert encoder.encode(revocation) == value, "not DER"
        assert not revocation["invalidityDate"].isValue and not revocation["passphrase"].isValue
        controls["revokedBodyPart"] = str(int(control["bodyPartID"]))
        controls["issuer"] = encoder.encode(revocation["issuerName"]).hex()
        controls["serial"] = octets(int(revocation["serialNumber"]))
        controls["reason"] = str(int(revocation["reason"]))
        if revocation["comment"].isValue:
            controls["comment"] = str(revocation["comment"])
    else:
        raise AssertionError("unknown control " + name)

signer = signed["signerInfos"][0]
controls["contentType"] = str(signed["encapContentInfo"]["eContentType"])
controls["signerSerial"] = "%x" % int(signer["sid"]["issuerAndSerialNumber"]["serialNumber"])
controls["certificates"] = str(len(signed["certificates"]))
if kind == "revocation":
    assert not body["reqSequence"] and not body["cmsSequence"] and not body["otherMsgSequence"]
if kind == "request":
    request = body["reqSequence"][0]["tcr"]["certificationRequest"]
    controls["request"] = encoder.encode(request).hex()
print(json.dumps(controls, sort_keys=True))
