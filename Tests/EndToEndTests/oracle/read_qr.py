"""Reads the QR codes in a file that draws them in half blocks, by zxing-cpp, and prints what they say, a line each."""

import sys
from pathlib import Path

import zxingcpp

SCALE = 4
lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
lines = [line for line in lines if line and set(line) <= set(" █▀▄")]
width = max(map(len, lines))
rows = []
for line in lines:
    line = line.ljust(width)
    rows += [[character in upper for character in line] for upper in ("█▀", "█▄")]
pixels = bytes(255 if light else 0 for row in rows for _ in range(SCALE) for light in row for _ in range(SCALE))
image = memoryview(pixels).cast("B", (len(rows) * SCALE, width * SCALE))
print(*(code.text for code in zxingcpp.read_barcodes(image)), sep="\n")
