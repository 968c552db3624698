#!/bin/sh
# Sets the project up in .venv, from nothing but a shell and some Python 3 with pip.
#
#   scripts/setup.sh run      what the program needs
#   scripts/setup.sh dev      what its tests and checks need besides
#   scripts/setup.sh python   prints the Python that would be used
#   scripts/setup.sh python3.13   prints one of that version that is on the machine already
#   scripts/setup.sh uv       prints the path of uv, brought in when the machine has none
#
# PYTHON=...  use this Python and no other      VENV=...  another folder than .venv
# Run again it does nothing while the requirements are the same; interrupted it starts afresh.
set -eu

cd "$(dirname "$0")/.."
root=$(pwd)
mode=${1:-run}
case ${VENV:=.venv} in /*) venv=$VENV ;; *) venv=$root/$VENV ;; esac
private=$root/.setup
log=$private/log.txt

# The person's own settings of pip stay in force (a mirror, a certificate); these two would misplace files.
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0
unset PYTHONHOME PYTHONPATH || true
# uv reads none of pip's settings: hand the index on where one is set.
if [ -n "${PIP_INDEX_URL:-}" ] && [ -z "${UV_DEFAULT_INDEX:-}${UV_INDEX_URL:-}" ]; then
  export UV_DEFAULT_INDEX="$PIP_INDEX_URL"
fi
export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-60}" UV_NO_PROGRESS=1
# uv trusts roots of its own; where the machine has a store, it holds what the network here needs.
for store in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
  [ ! -r "$store" ] || export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}" UV_NATIVE_TLS="${UV_NATIVE_TLS:-true}"
done
[ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$PIP_CERT}"

say() { printf 'setup: %s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# quietly WHAT COMMAND...: runs the command; its output is seen only when it fails.
quietly() {
  what=$1; shift
  mkdir -p "$private"
  if "$@" >"$log" 2>&1; then return 0; fi
  tail -n 15 "$log" >&2
  say "$what failed (all of it: ${log#"$root"/})"
  return 1
}

# ---------------------------------------------------------------- finding a Python

# try_python FILE [python3.13]: prints the interpreter's path when it runs, fits and is whole: a shim
# may be there and refuse.
try_python() {
  [ -x "$1" ] || return 1
  "$1" -c '
import sys
wanted = sys.argv[1:]
if wanted and "python%d.%d" % sys.version_info[:2] not in wanted:
    sys.exit(1)
if not ((3, 12) <= sys.version_info[:2] < (3, 14) and sys.implementation.name == "cpython"):
    sys.exit(1)
import ctypes, sqlite3, ssl, venv, zlib
print(getattr(sys, "_base_executable", None) or sys.executable)
' ${2:-} 2>/dev/null </dev/null
}

# each_on_path NAME...: prints every file of these names on PATH, name by name.
each_on_path() {
  for name in "$@"; do
    printf '%s\n' "$PATH" | tr ':' '\n' | while IFS= read -r folder; do
      [ -z "$folder" ] || [ ! -x "$folder/$name" ] || printf '%s\n' "$folder/$name"
    done
  done
}

# Prints the folders in which pyenv and uv keep Pythons of their own.
each_kept() {
  home=${HOME:-}
  # A stripped environment may name another home than the person's.
  person=$( (getent passwd "$(id -u)" 2>/dev/null || true) | cut -d: -f6)
  pyenv=$(each_on_path pyenv | head -n 1)
  [ -z "$pyenv" ] || pyenv=$(dirname "$(dirname "$pyenv")")
  for folder in "${PYENV_ROOT:-}" "$home/.pyenv" "$person/.pyenv" "$pyenv"; do
    for version in 3.12 3.13; do
      for found in "$folder/versions/$version"*; do printf '%s\n' "$found/bin/python"; done
    done
  done
  for folder in "${UV_PYTHON_INSTALL_DIR:-}" "$private/python" "${XDG_DATA_HOME:-$home/.local/share}/uv/python" \
    "$person/.local/share/uv/python"; do
    for version in 3.12 3.13; do
      for found in "$folder/cpython-$version"*; do printf '%s\n' "$found/bin/python$version"; done
    done
  done
}

find_python() {
  if [ -n "${PYTHON:-}" ]; then
    given=$(command -v "$PYTHON" || true)
    [ -n "$given" ] && try_python "$given" && return 0
    stop "PYTHON=$PYTHON is no working Python >=3.12,<3.14: name another one"
  fi
  find_kept_python && return 0
  find_python_by_uv && return 0
  stop "no Python >=3.12,<3.14 found, and none could be fetched: install python3.12 with its venv module," \
    "or name one: make ${MAKE_GOAL:-demo} PYTHON=/path/to/python3.12"
}

# find_kept_python [python3.13]: the first Python on the machine that fits.
find_kept_python() {
  found=$( { each_on_path python3.12 python3.13 python3 python; each_kept; } | while IFS= read -r candidate; do
    if try_python "$candidate" "${1:-}"; then break; fi
  done)
  [ -n "$found" ] && printf '%s\n' "$found"
}

# The last resort: uv knows places of its own, and can fetch a Python where there is a network for it.
find_python_by_uv() {
  uv=$(find_uv) || return 1
  for version in 3.12 3.13; do
    found=$(UV_PYTHON_PREFERENCE=only-managed "$uv" python find "$version" 2>/dev/null) || continue
    try_python "$found" && return 0
  done
  say "no Python >=3.12 on this machine: fetching one into ${private#"$root"/} with uv"
  UV_PYTHON_INSTALL_DIR="$private/python" "$uv" python install --no-bin 3.12 >"$log" 2>&1 </dev/null || return 1
  for found in "$private"/python/cpython-3.12*/bin/python3.12; do
    try_python "$found" && return 0
  done
  return 1
}

# Prints a uv that runs: on PATH, or one of our own brought from the package index.
find_uv() {
  mkdir -p "$private"
  { each_on_path uv; printf '%s\n' "$private/uv/bin/uv" "$private/uv-alone/bin/uv"; } >"$private/candidates"
  while IFS= read -r candidate; do
    if [ -x "$candidate" ] && "$candidate" --version >/dev/null 2>&1 </dev/null; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done <"$private/candidates"
  bring_uv
}

bring_uv() {
  each_on_path python3 python python3.12 python3.13 python3.11 python3.10 >"$private/candidates"
  while IFS= read -r candidate; do
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 8))' >/dev/null 2>&1 </dev/null || continue
    say "bringing uv into ${private#"$root"/} with $candidate"
    rm -rf "$private/uv" "$private/uv-alone"
    # Some systems split venv off from Python: then pip alone must do.
    if "$candidate" -m venv "$private/uv" >"$log" 2>&1 </dev/null &&
      "$private/uv/bin/python" -m pip install -q --require-hashes -r requirements/uv.txt >>"$log" 2>&1 </dev/null; then
      printf '%s\n' "$private/uv/bin/uv"
      return 0
    fi
    if "$candidate" -m pip install -q --require-hashes --target "$private/uv-alone" -r requirements/uv.txt \
      >>"$log" 2>&1 </dev/null; then
      printf '%s\n' "$private/uv-alone/bin/uv"
      return 0
    fi
  done <"$private/candidates"
  return 1
}

# ---------------------------------------------------------------- the environment

# What the environment was made from: where it stands, and what it was to hold.
digest() {
  { printf '%s\n' "$root" "$1" "${PYTHON:-}"; cat requirements/run.txt requirements/build.txt pyproject.toml
    [ "$1" = run ] || cat requirements/dev.txt; } | cksum | tr ' ' '-'
}

is_ready() {
  [ ! -e "$venv/unfinished" ] && [ -e "$venv/ready-$1" ] && [ "$(cat "$venv/ready-$1")" = "$(digest "$1")" ] &&
    [ -x "$venv/bin/reportedly" ] && "$venv/bin/python" -c 'import reportedly' >/dev/null 2>&1
}

make_venv() {
  # Kept where its Python still runs; one that was interrupted may hold half a package, and the
  # commands of one that was moved name its old place.
  if [ -e "$venv/unfinished" ] || [ -n "${PYTHON:-}" ] || [ "$(cat "$venv/place" 2>/dev/null)" != "$root" ] ||
    ! try_python "$venv/bin/python" >/dev/null; then
    rm -rf "$venv"
  fi
  [ ! -x "$venv/bin/python" ] || return 0
  python=$(find_python) || exit 1
  say "$("$python" -V) ($python)"
  mkdir -p "$venv"
  : >"$venv/unfinished"
  if "$python" -c 'import ensurepip' 2>/dev/null && "$python" -m venv "$venv" >/dev/null 2>&1; then
    printf '%s\n' "$root" >"$venv/place"
    return 0
  fi
  uv=$(find_uv) || stop "$python has no venv module and uv could not be fetched: install python3.12-venv"
  rm -rf "$venv"
  quietly "making the environment" "$uv" venv -q --python "$python" "$venv" || exit 1
  : >"$venv/unfinished"
  printf '%s\n' "$root" >"$venv/place"
}

# install ARGUMENT...: as `pip install`; by a uv that is at hand, which is faster, else by pip.
install() {
  uv=$(each_on_path uv | head -n 1)
  [ -n "$uv" ] && "$uv" --version >/dev/null 2>&1 || uv=
  "$venv/bin/python" -m pip --version >/dev/null 2>&1 || uv=${uv:-$(find_uv)}
  if [ -n "$uv" ]; then
    quietly "installing by uv" "$uv" pip install -q --python "$venv/bin/python" "$@" && return 0
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || return 1
    say "trying pip instead"
  fi
  quietly "installing by pip" "$venv/bin/python" -m pip install -q "$@"
}

set_up() {
  if is_ready "$mode" || { [ "$mode" = run ] && is_ready dev; }; then return 0; fi
  # Taken now: a file that changes while the packages come in must be seen the next time.
  made_from=$(digest "$mode")
  make_venv
  : >"$venv/unfinished"
  rm -f "$venv"/ready-*
  if [ "$mode" = dev ]; then
    say "installing the pinned requirements of the program and its tests (a few minutes the first time)"
    install --require-hashes -r requirements/dev.txt || exit 1
  else
    say "installing the pinned requirements (a minute or two the first time)"
    install --require-hashes -r requirements/run.txt -r requirements/build.txt || exit 1
  fi
  say "installing reportedly itself, in place"
  install --no-deps --no-build-isolation --editable . || exit 1
  printf '%s\n' "$made_from" >"$venv/ready-$mode"
  rm -f "$venv/unfinished"
  say "ready"
}

case $mode in
  run | dev) set_up ;;
  python) find_python ;;
  python3.12 | python3.13) find_kept_python "$mode" ;;
  uv) find_uv || stop "no uv on PATH and none could be fetched from the package index" ;;
  *) stop "unknown mode '$mode': run, dev, python, python3.12, python3.13 or uv" ;;
esac
