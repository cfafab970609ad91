"""Which layer of the software each byte of an image's flash belongs to, by its symbol.

A symbol of Swift names its module; what the optimiser inlined counts where it was inlined into. EDHOC and OSCORE are one
module, so there the type decides. A symbol of C is PSA Crypto's if its library has it, the board's if debug information knows a
file of ours, and else the C library's.

    scripts/layers.py IMAGE.elf CPU     the shares, in bytes
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent

LAYERS = {
    "SerialLink": "link",
    "CoAP": "CoAP",
    "COSE": "COSE",
    "OSCORE": "OSCORE",
    "Trust": "Trust",
    "Whitelist": "Whitelist",
    "DeviceKit": "DeviceKit",
    "DeviceCrypto": "crypto",
    "CMbedTLS": "crypto",
}
ORDER = ["link", "CoAP", "COSE", "EDHOC", "OSCORE", "Trust", "Whitelist", "DeviceKit", "crypto", "PSA", "board", "Swift", "C"]
# <length><name> after the prefix of a Swift symbol: the module.
MANGLED = re.compile(r"\$[es](?P<rest>.*)")


def tool(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def edhoc_types() -> set[str]:
    """The types that the files under Sources/OSCORE/EDHOC declare."""
    pattern = re.compile(r"^(?:public |package |private |fileprivate )*(?:struct|enum|protocol) (\w+)", re.MULTILINE)
    return {name for file in (root / "Sources/OSCORE/EDHOC").glob("*.swift") for name in pattern.findall(file.read_text())}


def identifier(mangled: str) -> tuple[str, str]:
    """The identifier that a mangled name begins with, and what follows it."""
    digits = re.match(r"\d+", mangled)
    if not digits:
        return "", mangled
    end = digits.end() + int(digits.group())
    return mangled[digits.end() : end], mangled[end:]


def layer_of_swift(rest: str, edhoc: set[str]) -> str:
    module, inside = identifier(rest)
    if not module:
        # Of the standard library, or ours inside it: an extension of one of its types.
        ours = [name for name in LAYERS if f"{len(name)}{name}" in rest]
        return LAYERS[min(ours, key=lambda name: rest.index(f"{len(name)}{name}"))] if ours else "Swift"
    if module == "OSCORE" and identifier(inside)[0] in edhoc:
        return "EDHOC"
    return LAYERS.get(module, "board")


def layer_of_file(path: str) -> str | None:
    if "/OSCORE/EDHOC/" in path:
        return "EDHOC"
    for module, layer in LAYERS.items():
        if f"/Core/{module}/" in path or f"/Sources/{module}/" in path:
            return layer
    return "board" if "/boards/" in path else None


def shares(elf: Path, cpu: str) -> dict[str, int]:
    """Bytes of flash by layer. What has no symbol, such as the text of string literals, is not in it."""
    library = root / f".cache/mbedtls/{cpu}/libmbedcrypto.a"
    psa = {line.split()[-1] for line in tool("arm-none-eabi-nm", str(library)).splitlines() if line}
    edhoc = edhoc_types()
    found = dict.fromkeys(ORDER, 0)
    for line in tool("arm-none-eabi-nm", "-S", "-l", str(elf)).splitlines():
        symbol, _, place = line.partition("\t")
        fields = symbol.split()
        # Address, size, kind, name; without a size it is a mark. What is not initialised takes no flash.
        if len(fields) != 4 or fields[2] in "bB":
            continue
        name, size = fields[3], int(fields[1], 16)
        swift = MANGLED.match(name)
        layer = layer_of_file(place)
        if swift:
            layer = layer_of_swift(swift["rest"], edhoc) if layer in (None, "board") else layer
        elif layer is None:
            layer = "PSA" if name in psa else "C"
        found[layer] += size
    return found


def main() -> int:
    elf, cpu = Path(sys.argv[1]), sys.argv[2]
    for layer, size in shares(elf, cpu).items():
        print(f"{layer:<12} {size:>7,}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
