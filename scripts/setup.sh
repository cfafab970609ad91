#!/usr/bin/env bash
# Installs what is missing for one purpose and nothing else; running it again costs a second.
#   setup.sh build      compiling on the host
#   setup.sh firmware   + boards and QEMU
#   setup.sh test       + independent peers for the tests
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-test}

fail() {
  printf 'muster setup: %s\n' "$1" >&2
  exit 1
}

check_swift() {
  command -v swift >/dev/null 2>&1 ||
    fail "there is no 'swift' on the PATH; install a Swift 6.3 toolchain from swift.org and put its usr/bin there."
  local version
  version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
  [ -n "$version" ] || fail "'swift --version' does not say a version; is the toolchain whole?"
  local major=${version%%.*} minor=${version#*.}
  if ((major < 6 || (major == 6 && minor < 3))); then
    fail "Swift $version is too old; 6.3 or newer is needed (Embedded Swift changes with every release)."
  fi
}

# Packages by purpose; each line says what needs them.
packages=(pkg-config libssl-dev libp11-kit-dev libsqlite3-dev libmbedtls-dev openssl python3)
if [ "$purpose" != build ]; then
  packages+=(gcc-arm-none-eabi picolibc-arm-none-eabi qemu-system-arm dpkg-dev)
fi
if [ "$purpose" = test ]; then
  packages+=(curl libcoap3-bin qrencode socat softhsm2 strongswan-pki libstrongswan-standard-plugins)
fi

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

install_packages() {
  command -v apt-get >/dev/null 2>&1 || {
    echo "muster setup: this is no Debian; make sure these are installed in your system's own packages: ${packages[*]}" >&2
    return 0
  }
  local missing=()
  for package in "${packages[@]}"; do
    # A python3 or pkg-config that somebody installed otherwise is as good.
    case $package in
    python3) python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null && continue ;;
    pkg-config) command -v pkg-config >/dev/null && continue ;;
    esac
    installed "$package" || missing+=("$package")
  done
  if [ "$purpose" = test ] && ! [ -x .venv/bin/python ] && ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    missing+=(python3-venv)
  fi
  [ ${#missing[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null && as_root=(sudo) ||
      fail "these Debian packages are missing and installing needs root; run: sudo apt-get install --no-install-recommends ${missing[*]}"
  fi
  echo "Installing Debian packages: ${missing[*]}"
  local log
  log=$(mktemp)
  "${as_root[@]}" apt-get update -qq >"$log" 2>&1 || {
    cat "$log" >&2
    fail "'apt-get update' failed (above); is there a network, and are Debian's package sources reachable?"
  }
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >"$log" 2>&1 || {
    tail -n 20 "$log" >&2
    fail "apt-get could not install ${missing[*]} (above); mend that and run the same command again."
  }
  rm -f "$log"
}

# Independent implementations that the tests hold ours against; versions are pinned in one file.
install_peers() {
  local wanted=Tests/requirements.txt have=.venv/installed.txt
  if [ -x .venv/bin/python ] && cmp -s "$wanted" "$have"; then return 0; fi
  echo "Installing Python peers for the tests into .venv"
  [ -x .venv/bin/python ] || python3 -m venv .venv ||
    fail "python3 could not make a virtual environment in .venv; is python3-venv installed?"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$wanted" ||
    fail "pip could not install Tests/requirements.txt; is there a network, and is a Python package index reachable?"
  cp "$wanted" "$have"
}

check_swift
install_packages
if [ "$purpose" != build ]; then scripts/mbedtls.sh; fi
if [ "$purpose" = test ]; then install_peers; fi
