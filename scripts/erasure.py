"""What the compiler must not leave out: erasure.py ELF

An optimiser that sees that nobody reads the zeros drops the loop that writes them, and no test of what a function computes
notices. So the image itself is asked: every function below, which has keys on its stack, calls the eraser.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ERASER = "$e4COSE5erase"
# Beginnings of mangled names.
KEEPERS = {
    "HMACSHA256.init": "$e4COSE10HMACSHA256V3key4with",
    "HKDF.expandBlock": "$e4COSE4HKDFO11expandBlock",
    "KeySchedule.next": "$e6OSCORE11KeyScheduleV4next",
    "KeySchedule.export": "$e6OSCORE11KeyScheduleV6export",
    "OSCOREContext.init": "$e6OSCORE13OSCOREContextV12masterSecret",
    "OSCOREContext.protect": "$e6OSCORE13OSCOREContextV7protect",
    "OSCOREContext.open": "$e6OSCORE13OSCOREContextV4open",
    "Session.complete": "$e9DeviceKit7SessionV8complete",
}


def symbols(elf: str) -> list[tuple[int, int, str]]:
    """Address, length and name of each function."""
    lines = subprocess.run(["arm-none-eabi-nm", "-S", elf], check=True, capture_output=True, text=True).stdout.splitlines()
    fields = [line.split() for line in lines]
    return [(int(f[0], 16) & ~1, int(f[1], 16), f[3]) for f in fields if len(f) == 4 and f[2] in "tT"]


def calls(code: bytes, start: int, target: int) -> bool:
    """Whether Thumb code branches to an address with link, or adds it up from the program counter and a constant."""
    words = [int.from_bytes(code[index : index + 2], "little") for index in range(0, len(code) - 1, 2)]
    counters = [start + 2 * index + 4 for index, word in enumerate(words) if word & 0xFF78 == 0x4478]
    for index, (high, low) in enumerate(zip(words, words[1:])):
        if any((counter + (low << 16 | high)) & 0xFFFFFFFF == target | 1 for counter in counters):
            return True
        if high >> 11 == 0b11110 and low >> 14 == 0b11 and low >> 12 & 1:
            sign = high >> 10 & 1
            bits = [1 - ((low >> shift & 1) ^ sign) for shift in (13, 11)]
            offset = sign << 24 | bits[0] << 23 | bits[1] << 22 | (high & 0x3FF) << 12 | (low & 0x7FF) << 1
            offset -= sign << 25
            if start + 2 * index + 4 + offset == target:
                return True
    return False


def main(elf: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        binary = Path(folder) / "text"
        subprocess.run(["arm-none-eabi-objcopy", "-O", "binary", "-j", ".text", elf, str(binary)], check=True)
        text = binary.read_bytes()
    functions = symbols(elf)
    targets = [address for address, _, name in functions if name.startswith(ERASER)]
    if len(targets) != 1:
        print(f"{elf}: {len(targets)} erasers")
        return 1
    failed = False
    for title, prefix in KEEPERS.items():
        bodies = [(address, count) for address, count, name in functions if name.startswith(prefix)]
        # The image's text begins at 0.
        if not any(calls(text[address : address + count], address, targets[0]) for address, count in bodies):
            print(f"{elf}: {title} does not erase what it had on its stack")
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
