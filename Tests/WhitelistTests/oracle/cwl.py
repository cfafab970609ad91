"""A second implementation of whitelists, on pycose and cbor2, from docs/spec/cwl.md alone.

The first input line is the signer's private key, 32 bytes in hexadecimal. Each further line is

    read LIST               prints the content as one line of JSON, byte strings in hexadecimal; or `bad`
    write JSON              prints a list that says what the JSON says
    decide LIST QUESTION    QUESTION is JSON; prints `admitted N`, `observed REASON` or `denied REASON`
"""

import functools
import json
import sys

import cbor2
from cwl_signing import CONTEXT, kid, public_key, sign1
from pycose.headers import KID
from pycose.keys import EC2Key
from pycose.keys.curves import P256
from pycose.messages import Sign1Message

RULE = {1: "direction", 2: "protocols", 3: "transports", 4: "ports", 5: "leastTLSVersion"}
HEADER = {
    3: "list", 5: "epoch", 6: "number", 7: "thisUpdate", 8: "nextUpdate", 9: "hardExpiry", 10: "stalePolicy",
    11: "timeMode", 12: "offlineRestarts",
}  # fmt: skip
FULL, KNOWN, GRACE = 1, 2, 3
CLOCK, MANAGER, COUNTER = 1, 2, 3


def content_of(text):
    protected, unprotected, content, signature = cbor2.loads(bytes.fromhex(text))
    message = Sign1Message.from_cose_obj([protected, dict(unprotected), content, signature], True)
    x, y = public[:32], public[32:]
    message.key = EC2Key(crv=P256, x=x, y=y)
    message.external_aad = CONTEXT
    if not message.verify_signature() or message.uhdr[KID] != kid(public):
        return None
    fields = cbor2.loads(content)
    # One content has one encoding.
    assert cbor2.dumps(fields, canonical=True) == content
    return fields


def values(value):
    return [value] if isinstance(value, int) else list(value)


def port_ranges(value):
    return [[port, port] if isinstance(port, int) else list(port) for port in values(value)]


def as_json(fields):
    issuers = [[name.hex(), key.hex()] for name, key in fields[13]]

    def rule(items):
        shown = {}
        for number, name in RULE.items():
            if number in items:
                convert = port_ranges if number == 4 else values if number in (2, 3) else int
                shown[name] = convert(items[number])
        return shown

    entries = []
    for entry in fields[15]:
        shown = {"issuer": issuers[entry[0]], "serialNumber": entry[1].hex()}
        for part in entry[2:]:
            if isinstance(part, int):
                shown["rules"] = [rule(items) for items in fields[14][part]]
            else:
                if 1 in part:
                    shown["pin"] = part[1].hex()
                for number, name in ((2, "validFrom"), (3, "validUntil")):
                    if number in part:
                        shown[name] = part[number]
                if 4 in part:
                    shown["predecessor"] = [issuers[part[4][0]], part[4][1].hex()]
        entries.append(shown)
    terms = {name: fields[number] for number, name in HEADER.items()}
    terms |= {"network": fields[2], "holder": fields[4][0], "holderThumbprint": fields[4][1].hex(), "entries": entries}
    if 16 in fields:
        terms["observeUntil"] = fields[16]
    return terms


def as_fields(terms):
    named = [tuple(entry["issuer"]) for entry in terms["entries"]]
    named += [tuple(entry["predecessor"][0]) for entry in terms["entries"] if "predecessor" in entry]
    issuers = sorted(set(named))
    sets = []

    def rule(shown):
        items = {}
        for number, name in RULE.items():
            if name not in shown:
                continue
            value = shown[name]
            if number == 4:
                value = [first if first == last else [first, last] for first, last in value]
            if isinstance(value, list) and len(value) == 1 and isinstance(value[0], int):
                value = value[0]
            items[number] = value
        return items

    def entry(shown):
        written = [issuers.index(tuple(shown["issuer"])), bytes.fromhex(shown["serialNumber"])]
        if "rules" in shown:
            rules = [rule(items) for items in shown["rules"]]
            if rules not in sets:
                sets.append(rules)
            written.append(sets.index(rules))
        options = {}
        if "pin" in shown:
            options[1] = bytes.fromhex(shown["pin"])
        for number, name in ((2, "validFrom"), (3, "validUntil")):
            if name in shown:
                options[number] = shown[name]
        if "predecessor" in shown:
            issuer, serial = shown["predecessor"]
            options[4] = [issuers.index(tuple(issuer)), bytes.fromhex(serial)]
        return written + ([options] if options else [])

    entries = sorted(map(entry, terms["entries"]), key=lambda item: (item[0], int.from_bytes(item[1], "big")))
    fields = {1: 1, 2: terms["network"], 4: [terms["holder"], bytes.fromhex(terms["holderThumbprint"])]}
    fields |= {number: terms[name] for number, name in HEADER.items()}
    fields |= {13: [[bytes.fromhex(name), bytes.fromhex(key)] for name, key in issuers], 14: sets, 15: entries}
    if "observeUntil" in terms:
        fields[16] = terms["observeUntil"]
    return fields


def lack(rule, use):
    """What a rule lacks, by its place in the order of denials; None when it fits."""
    if "direction" in rule and rule["direction"] != use["direction"]:
        return "direction"
    if "protocols" in rule and use["application"] not in rule["protocols"]:
        return "application"
    if "transports" in rule and use["transport"] not in rule["transports"]:
        return "transport"
    if "ports" in rule and not any(first <= use["port"] <= last for first, last in rule["ports"]):
        return "port"
    least = rule.get("leastTLSVersion")
    if least is not None and use["transport"] != 3 and (use.get("tlsVersion") or 0) < least:
        return "tlsVersion"
    return None


def serves(terms, time):
    mode = terms["timeMode"]
    few = time["restarts"] <= terms["offlineRestarts"]
    return {CLOCK: time["origin"] != "floor", MANAGER: time["origin"] == "manager" or few, COUNTER: few}[mode]


def judge(terms, question):
    time = question["time"]
    if question["issuer"] not in [entry["issuer"] for entry in terms["entries"]] + [
        entry["predecessor"][0] for entry in terms["entries"] if "predecessor" in entry
    ]:
        return "otherIssuer"
    for index, entry in enumerate(terms["entries"]):
        if entry["issuer"] != question["issuer"] or entry["serialNumber"] != question["serialNumber"]:
            continue
        if entry.get("pin", question["key"]) != question["key"]:
            return "otherKey"
        if time["seconds"] >= entry.get("validUntil", 2**64):
            return "entryOver"
        if ("validFrom" in entry or "validUntil" in entry) and not serves(terms, time):
            return "noTime"
        if time["seconds"] < entry.get("validFrom", 0):
            return "entryNotYetValid"
        if "rules" not in entry:
            return index
        order = ["noRules", "direction", "application", "transport", "port", "tlsVersion"]
        lacks = [lack(rule, question["use"]) for rule in entry["rules"]]
        if None in lacks:
            return index
        return max(["noRules"] + lacks, key=order.index)
    return "notListed"


@functools.cache
def terms_of(text):
    return as_json(content_of(text))


def decide(terms, question):
    time = question["time"]
    trusted = time["origin"] != "floor"
    fresh = time["seconds"] < terms["nextUpdate"] and serves(terms, time)
    if time["seconds"] >= terms["hardExpiry"]:
        return "denied expired"
    if fresh and trusted and terms["timeMode"] != COUNTER and time["seconds"] + 300 < terms["thisUpdate"]:
        return "denied listNotYetValid"
    if not fresh:
        policy = terms["stalePolicy"]
        if policy == FULL or (policy == KNOWN and not question["wasAdmitted"]):
            return "denied stale"
    said = judge(terms, question)
    if isinstance(said, int):
        return f"admitted {said}"
    observes = fresh and trusted and time["seconds"] < terms.get("observeUntil", 0)
    return f"{'observed' if observes else 'denied'} {said}"


def line(text):
    try:
        verb, rest = text.split(" ", 1)
        if verb == "read":
            fields = content_of(rest)
            return "bad" if fields is None else json.dumps(as_json(fields), sort_keys=True, separators=(",", ":"))
        if verb == "write":
            return sign1(cbor2.dumps(as_fields(json.loads(rest)), canonical=True), scalar).hex()
        written, question = rest.split(" ", 1)
        return decide(terms_of(written), json.loads(question))
    except Exception as error:
        return f"error {error!r}"


lines = sys.stdin.read().splitlines()
scalar = int(lines[0], 16)
public = public_key(scalar)
print("\n".join(line(text) for text in lines[1:]))
