"""Prints the SwiftPM toolset of one board: firmware-toolset.py boards/BOARD/board.json

The flags that make ordinary Swift into Embedded Swift without allocations, and where this machine keeps the C library
and the cross-built mbedTLS. Generated rather than committed, because of those places.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

root = Path(__file__).resolve().parent.parent


def gcc_answer(option: str, cpu: str) -> str:
    command = ["arm-none-eabi-gcc", f"-mcpu={cpu}", "-mthumb", "-mfloat-abi=soft", option]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def toolset(board_json: Path) -> dict:
    board = json.loads(board_json.read_text())
    cpu = board["cpu"]
    machine = [f"-mcpu={cpu}", "-mfloat-abi=soft", "-mthumb", "-fshort-enums", "-fno-pic"]
    picolibc = Path("/usr/lib/picolibc/arm-none-eabi")
    library = picolibc / "lib/release" / gcc_answer("-print-multi-directory", cpu) / "libc.a"
    mbedtls = root / ".cache/mbedtls"
    includes = [
        f"-I{root}/boards/mbedtls/include",
        f"-I{mbedtls}/include",
        '-DMBEDTLS_CONFIG_FILE="muster_mbedtls_config.h"',
        "-isystem",
        f"{picolibc}/include",
    ]
    c = [*machine, "-Os", "-ffreestanding", "-ffunction-sections", "-fdata-sections", *includes]
    swift = [
        *["-enable-experimental-feature", "Embedded", "-wmo", "-Osize"],
        *["-Xfrontend", "-function-sections", "-Xfrontend", "-no-allocations"],
        *["-Xfrontend", "-disable-stack-protector", "-enforce-exclusivity=unchecked"],
        # Measured on the micro:bit: one trap a function instead of one a check, -900 bytes; inlining what is called
        # once more readily, -400.
        *["-Xfrontend", "-mergeable-traps"],
        *["-Xfrontend", "-sil-inline-caller-benefit-reduction-factor", "-Xfrontend", "1"],
        *[part for flag in [*machine, *includes] for part in ("-Xcc", flag)],
        *["-Xclang-linker", "-nostdlib", "-use-ld=lld"],
    ]
    link = [
        *["-T", str(board_json.parent / "link.ld"), "--gc-sections", "--icf=all", "--fatal-warnings"],
        f"-L{mbedtls / cpu}",
        "-lmbedcrypto",
        str(library),
        gcc_answer("-print-libgcc-file-name", cpu),
    ]
    return {
        "schemaVersion": "1.0",
        "cCompiler": {"extraCLIOptions": c},
        "swiftCompiler": {"extraCLIOptions": swift},
        "linker": {"extraCLIOptions": link},
    }


if __name__ == "__main__":
    print(json.dumps(toolset(Path(sys.argv[1]).resolve()), indent=2))
