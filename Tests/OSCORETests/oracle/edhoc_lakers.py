"""lakers as the peer of a session: one command a line on stdin, one answer a line on stdout.

    responder KEY CRED         begins a session as responder            ok
    initiator [C_I [EAD]]      begins one as initiator                  message_1
    message1 HEX               takes message_1                          C_I EAD
    message2 HOW C_R [EAD]     makes message_2, HOW: kid or value       message_2
    read2 HEX                  takes message_2                          C_R ID_CRED_R EAD
    verify2 KEY CRED_I CRED_R  verifies it                              ok
    message3 HOW [EAD]         makes message_3                          message_3
    read3 HEX                  takes message_3                          ID_CRED_I EAD
    verify3 CRED_I             verifies it                              ok
    message4 [EAD]             makes message_4                          message_4
    read4 HEX                  takes message_4                          EAD
    without4                   does without message_4                   ok
    export LABEL LENGTH        EDHOC_Exporter with an empty context     bytes

Bytes are hexadecimal, `-` for none. EAD is LABEL:CRITICAL:VALUE items joined by commas. What lakers refuses is answered
by `error` and its reason.
"""

import sys

import lakers

peer = None


def unfield(text):
    return b"" if text == "-" else bytes.fromhex(text)


def field(data):
    return data.hex() or "-"


def items(text):
    made = []
    for part in text.split(",") if text != "-" else []:
        label, critical, value = part.split(":")
        made.append(lakers.EADItem(int(label), critical == "1", unfield(value) if value != "none" else None))
    return made


def names(made):
    parts = [f"{i.label()}:{int(i.is_critical())}:{'none' if i.value() is None else field(i.value())}" for i in made]
    return ",".join(parts) or "-"


def how(text):
    return {"kid": lakers.CredentialTransfer.ByReference, "value": lakers.CredentialTransfer.ByValue}[text]


def answer(verb, *fields):
    global peer
    match verb, fields:
        case "responder", (key, credential):
            peer = lakers.EdhocResponder(unfield(key), unfield(credential))
            return "ok"
        case "initiator", (identifier, ead):
            peer = lakers.EdhocInitiator()
            return field(peer.prepare_message_1(unfield(identifier), items(ead)))
        case "message1", (message,):
            identifier, ead = peer.process_message_1(unfield(message))
            return f"{field(identifier)} {names(ead)}"
        case "message2", (transfer, identifier, ead):
            return field(peer.prepare_message_2(how(transfer), unfield(identifier), items(ead)))
        case "read2", (message,):
            identifier, identity, ead = peer.parse_message_2(unfield(message))
            return f"{field(identifier)} {field(identity)} {names(ead)}"
        case "verify2", (key, own, credential):
            peer.verify_message_2(unfield(key), unfield(own), unfield(credential))
            return "ok"
        case "message3", (transfer, ead):
            return field(peer.prepare_message_3(how(transfer), items(ead))[0])
        case "read3", (message,):
            identity, ead = peer.parse_message_3(unfield(message))
            return f"{field(identity)} {names(ead)}"
        case "verify3", (credential,):
            peer.verify_message_3(unfield(credential))
            return "ok"
        case "message4", (ead,):
            return field(peer.prepare_message_4(items(ead)))
        case "read4", (message,):
            return names(peer.process_message_4(unfield(message)))
        case "without4", ():
            peer.completed_without_message_4()
            return "ok"
        case "export", (label, length):
            return field(peer.edhoc_exporter(int(label), [], int(length)))
    raise ValueError(verb)


for line in sys.stdin:
    try:
        print(answer(*line.split()), flush=True)
    except Exception as error:
        print(f"error {error}".replace("\n", " "), flush=True)
