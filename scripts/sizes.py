"""Measures every board's firmware against the budgets in its board.json, and looks for what no image may contain.

Flash and static RAM are read from the image, and each layer's share of the flash by its symbols (scripts/layers.py). The stack peak is what a whole enrolment leaves of the painted stack
(qemu/enrol). Instructions are counted by the measuring image under QEMU's -icount: instructions, not cycles.

    scripts/sizes.py [BOARD ...]      exit status 1 if anything is over budget or forbidden
"""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

root = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(root / "qemu"))
import layers  # noqa: E402
from lifetime import die_with_parent  # noqa: E402
from sockets import connect  # noqa: E402

# A heap, Swift's objects, the tables behind String's comparison, and the ways that a private key leaves PSA.
FORBIDDEN = re.compile(
    r"^(psa_export_key|psa_copy_key|malloc|calloc|realloc|free|posix_memalign|_?sbrk|swift_allocObject|swift_slowAlloc|swift_allocEmptyBox"
    r"|_?swift_stdlib_(get|is|nfd|nfc|graphemeBreak).*|.*[uU]nicode.*)$"
)
# What may only be in an image whose name says QEMU.
ONLY_QEMU = re.compile(r"^semihosting_")
PAINT = b"STAC"
# The most instructions that finding a peer among 1,000 and deciding about it may take.
DECISION = 200_000


def tool(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def sections(elf: Path) -> dict[str, int]:
    rows = (line.split() for line in tool("arm-none-eabi-size", "-A", str(elf)).splitlines())
    return {row[0]: int(row[1]) for row in rows if len(row) == 3 and row[0].startswith(".")}


def symbols(elf: Path) -> dict[str, int]:
    rows = (line.split() for line in tool("arm-none-eabi-nm", str(elf)).splitlines())
    return {row[-1]: int(row[0], 16) for row in rows if len(row) == 3}


def stack_peak(board: str, elf: Path) -> int:
    """Bytes of stack that a whole enrolment touched."""
    names = symbols(elf)
    start, count = names["__stack_start"], names["__stack_end"] - names["__stack_start"]
    with tempfile.NamedTemporaryFile(prefix="muster-stack-") as dump:
        command = [root / "qemu/enrol", board, elf, "--quiet", "--dump", f"{start}:{count}:{dump.name}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"sizes: {board} does not enrol:\n{done.stdout}{done.stderr}")
        memory = Path(dump.name).read_bytes()
    untouched = 0
    while memory[untouched : untouched + 4] == PAINT:
        untouched += 4
    return count - untouched


def measurements(board: str, description: dict) -> dict[str, tuple[int, int, int]]:
    """Instructions, stack beyond the measuring program's own, and arena of each slow operation."""
    elf = root / f".cache/firmware/{description['images']['measure']}.elf"
    found, idle = {}, 0
    with tempfile.TemporaryDirectory(prefix="muster-measure-") as folder:
        line = f"{folder}/line"
        command = [root / "qemu/run", board, elf, "--socket", line, "--icount"]
        machine = subprocess.Popen(command, preexec_fn=lambda: die_with_parent(signal.SIGTERM))
        try:
            for row in read_lines(connect(line)):
                name, ticks, stack, arena = row.split()
                if name == "failed":
                    sys.exit(f"sizes: the measuring image of {board} failed with CryptoError {ticks}")
                if name == "done":
                    return found
                if name == "idle":
                    idle = int(stack)
                    continue
                found[name] = int(ticks) * (10**9 // description["ticksPerSecond"]), int(stack) - idle, int(arena)
        finally:
            machine.terminate()
            machine.wait()
    sys.exit(f"sizes: the measuring image of {board} fell silent")


def read_lines(line: socket.socket):
    line.settimeout(120)
    with line.makefile("r", encoding="ascii") as rows:
        yield from rows


def forbidden(description: dict) -> list[str]:
    found = []
    for image in description["images"].values():
        for name in symbols(root / f".cache/firmware/{image}.elf"):
            if FORBIDDEN.match(name) or (ONLY_QEMU.match(name) and "qemu" not in image):
                found.append(f"{image} contains {name}")
    return found


def report(board: str) -> list[str]:
    """Prints a board's numbers and returns what is wrong with them."""
    description = json.loads((root / f"boards/{board}/board.json").read_text())
    image = description["images"]["firmware"]
    elf = root / f".cache/firmware/{image}.elf"
    size = sections(elf)
    flash = size[".text"] + size[".data"]
    static = size[".data"] + size[".bss"] + size[".arena"]
    stack = stack_peak(board, elf)
    costs = measurements(board, description)

    budgets = description["budgets"]
    rows = [
        ("flash", flash, budgets["flashBytes"]),
        ("RAM: static, arena included", static, budgets["staticRAMBytes"]),
        ("RAM: stack peak", stack, budgets["stackBytes"]),
        ("RAM: both", static + stack, budgets["ramBytes"]),
    ]
    print(f"{image} ({description['cpu']}), bytes")
    for name, value, budget in rows:
        print(f"  {name:<30} {value:>7,}  of {budget:>7,}")
    shares = layers.shares(elf, description["cpu"])
    print("  flash by layer: " + ", ".join(f"{layer} {bytes:,}" for layer, bytes in shares.items() if bytes))
    nameless = flash - sum(shares.values())
    print(f"    and without a symbol {nameless:,}")
    print("  operation     instructions   stack   arena")
    for name, (instructions, operation_stack, arena) in costs.items():
        print(f"  {name:<10} {instructions:>14,} {operation_stack:>7,} {arena:>7,}")
    over = [row for row in rows if row[1] > row[2]]
    wrong = [f"{image}: {name} is {value:,}, budget {budget:,}" for name, value, budget in over]
    for name in ("cwl-admit", "cwl-deny"):
        if costs[name][0] > DECISION:
            wrong.append(f"{image}: {name} takes {costs[name][0]:,} instructions, budget {DECISION:,}")
    # Every symbol is somebody's, so that much without one means that the shares above are no longer the truth.
    if not 0 <= nameless <= flash // 50:
        wrong.append(f"{image}: {nameless:,} bytes of flash have no symbol, the layers' shares cannot be trusted")
    return wrong + forbidden(description)


def main() -> int:
    boards = sys.argv[1:] or sorted(path.parent.name for path in root.glob("boards/*/board.json"))
    wrong = [fault for board in boards for fault in report(board)]
    for fault in wrong:
        print(f"sizes: {fault}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
