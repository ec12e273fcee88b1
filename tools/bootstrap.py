# SPDX-License-Identifier: Apache-2.0
"""Run nox sessions on a machine that has only Python 3.11 or newer and a C++ compiler.

    python3 tools/bootstrap.py demo               # the same as: nox -s demo
    python3 tools/bootstrap.py tests -- -x        # what follows -- goes to the session
    python3 tools/bootstrap.py --list

nox and uv go into `.venv` in the repository; nothing is installed anywhere else. cmake and ninja
come as build requirements of the packages that need them. Only the standard library is used here.
"""

import hashlib
import importlib.util
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import sysconfig
import tempfile
import urllib.request
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
SCRIPTS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
TOOLS = ("nox>=2025.5.1", "uv")


def missing() -> str | None:
    """Name the first thing this machine lacks, with what to install, or return None."""
    if sys.version_info < (3, 11):  # noqa: UP036 - it is what we test for
        found = ".".join(map(str, sys.version_info[:3]))
        return f"Python {found} is too old: run this with Python 3.11 or newer"
    compilers = [os.environ.get("CXX", ""), "c++", "g++", "clang++", "cl"]
    if not any(shutil.which(name) for name in compilers if name):
        return "no C++ compiler: install g++ or clang++, or point CXX at one"
    if os.name != "nt" and not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        return "this Python has no headers (Python.h): install python3-dev, or python3-devel"
    return None


def release(filename: str) -> tuple[int, ...]:
    """Read the final release that a wheel of pip is, as numbers to compare; () for other files."""
    match = re.fullmatch(r"pip-(\d+(?:\.\d+)*)-\S+\.whl", filename)
    return tuple(map(int, match[1].split("."))) if match else ()


def fetch_pip(folder: Path) -> Path:
    """Download pip's newest wheel from the package index and check its SHA-256."""
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/")
    context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    media = {"Accept": "application/vnd.pypi.simple.v1+json"}
    request = urllib.request.Request(f"{index}/pip/", headers=media)
    with urllib.request.urlopen(request, context=context) as reply:
        files = json.load(reply)["files"]
    newest = max((f for f in files if not f.get("yanked")), key=lambda f: release(f["filename"]))
    with urllib.request.urlopen(newest["url"], context=context) as reply:
        content = reply.read()
    if hashlib.sha256(content).hexdigest() != newest["hashes"]["sha256"]:
        msg = f"{newest['filename']} from {index} does not have the SHA-256 that the index states"
        raise SystemExit(msg)
    wheel = folder / str(newest["filename"])
    wheel.write_bytes(content)
    return wheel


def create_environment() -> None:
    """Make `.venv` with nox and uv in it, whether or not this Python brings pip along."""
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    venv.create(ENVIRONMENT, clear=True, with_pip=has_ensurepip)
    python = str(SCRIPTS / "python")
    with tempfile.TemporaryDirectory() as folder:
        if has_ensurepip:
            pip = [python, "-m", "pip"]
        elif importlib.util.find_spec("pip") is not None:
            pip = [sys.executable, "-m", "pip", "--python", python]
        else:
            pip = [python, str(fetch_pip(Path(folder)) / "pip")]
        subprocess.run([*pip, "install", "--quiet", *TOOLS], check=True)


def main(arguments: list[str]) -> int:
    """Set up what is not there yet, then hand over to nox."""
    if problem := missing():
        print(f"bootstrap: {problem}", file=sys.stderr)
        return 1
    nox = SCRIPTS / "nox"
    if not nox.exists():
        print(f"bootstrap: putting nox and uv into {ENVIRONMENT}", flush=True)
        create_environment()
    path = os.pathsep.join([str(SCRIPTS), os.environ.get("PATH", os.defpath)])
    named = bool(arguments) and not arguments[0].startswith("-")
    command = [str(nox), *(["-s"] if named else []), *arguments]
    environment = {**os.environ, "PATH": path}
    return subprocess.run(command, check=False, cwd=ROOT, env=environment).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"bootstrap: {error}")
