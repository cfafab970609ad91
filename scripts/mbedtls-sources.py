"""Prints this machine's Debian package sources as deb822 `deb-src` stanzas (used by mbedtls.sh, which says why)."""

import glob
import re
import sys


def codename() -> str:
    with open("/etc/os-release") as file:
        return re.search(r"^VERSION_CODENAME=(\w+)", file.read(), re.M).group(1)


def deb822_stanzas(text: str):
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if line and not line.startswith("#")]
        fields = dict(line.split(":", 1) for line in lines if ":" in line and not line.startswith(" "))
        fields = {name.strip().lower(): value.strip() for name, value in fields.items()}
        if "uris" in fields and "suites" in fields and fields.get("enabled", "yes") != "no":
            yield fields["uris"], fields["suites"], fields.get("components", ""), fields.get("signed-by", "")


def one_line_entries(text: str):
    for line in text.splitlines():
        match = re.match(r"deb\s+(?:\[(?P<options>[^]]*)]\s+)?(?P<uri>\S+)\s+(?P<suite>\S+)\s+(?P<rest>.+)", line)
        if match:
            key = re.search(r"signed-by=(\S+)", match["options"] or "")
            yield match["uri"], match["suite"], match["rest"], key.group(1) if key else ""


def main() -> int:
    name = codename()
    suites_of_debian = {name, f"{name}-updates", f"{name}-security", f"{name}/updates"}
    entries = []
    for path in glob.glob("/etc/apt/sources.list.d/*.sources"):
        entries += deb822_stanzas(open(path).read())
    for path in ["/etc/apt/sources.list", *glob.glob("/etc/apt/sources.list.d/*.list")]:
        try:
            entries += one_line_entries(open(path).read())
        except FileNotFoundError:
            pass
    found = [entry for entry in entries if set(entry[1].split()) <= suites_of_debian and "main" in entry[2].split()]
    for uris, suites, _, key in found:
        signed = f"Signed-By: {key}\n" if key else ""
        print(f"Types: deb-src\nURIs: {uris}\nSuites: {suites}\nComponents: main\n{signed}")
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
