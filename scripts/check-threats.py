"""Every test that docs/threats.md names exists, and every attack has a test or says that it is excluded."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
REFERENCE = re.compile(r'\(`(\w+Tests/[\w/+]+)`,\s+"([^"]+)"\)')


def sentences(path):
    """The names of a file's tests; nothing if there is no such file."""
    file = ROOT / "Tests" / f"{path}.swift"
    if not file.is_file():
        return None
    return re.findall(r'@Test\(\s*"((?:[^"\\]|\\.)*)"', file.read_text())


def faults(text):
    """What is wrong with the document, a line each."""
    found = []
    references = REFERENCE.findall(text)
    for path, sentence in references:
        known = sentences(path)
        if known is None:
            found.append(f"there is no Tests/{path}.swift")
        elif sentence not in known:
            found.append(f'Tests/{path}.swift has no test "{sentence}"')
    for line in text.splitlines():
        if "Tests/" in line and line.startswith("|") and not REFERENCE.search(line):
            found.append(f"no test can be read in: {line[:80]}")
    rows = text.partition("## The paper's table of attacks")[2].partition("\n## ")[0]
    rows = [row for row in rows.splitlines() if row.startswith("|")][2:]
    for attack in ("SSH brute force", "man in the middle", "deauthentication", "sniffing", "access point",
                   "SQL injection", "phishing"):
        row = next((row for row in rows if attack in row.split("|")[1]), None)
        if row is None or not (REFERENCE.search(row) or "xcluded" in row):
            found.append(f"{attack} has neither a test nor an exclusion")
    if len(references) < 15:
        found.append("hardly any tests are named; is the form still what this script reads?")
    return found


def main():
    text = (ROOT / "docs/threats.md").read_text()
    found = faults(text)
    # The check itself can fail: it finds a test that is gone, a file that is gone, and a row without either.
    path, sentence = REFERENCE.findall(text)[0]
    for broken in (text.replace(sentence, sentence + " not"), text.replace(path, path + "Gone"),
                   re.sub(r"(?m)^\| sniffing.*$", "| sniffing | | |", text)):
        if not faults(broken):
            found.append("this check does not notice what it is for")
    for fault in found:
        print(f"docs/threats.md: {fault}", file=sys.stderr)
    return 1 if found else 0


sys.exit(main())
