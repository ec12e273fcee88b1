# SPDX-License-Identifier: Apache-2.0
"""Check an installed package from outside the repository: import it, run it, see what it brought.

python tools/smoke.py dge
"""

import importlib
import importlib.metadata
import importlib.util
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

HEAVY = ("torch", "open3d")
HEAVY_FREE = ("geometry", "dge")
COMMANDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "geometry": (),
    "dge": (("spatialevo-dge", "tasks"), ("spatialevo-dge", "demo")),
    "rl": (("spatialevo-rl", "stack"),),
    "eval": (("spatialevo-eval", "provenance"),),
}


IMPORT_SECONDS = 0.5
"""Most time that importing a light package may take."""
TIMED = "import time; t = time.process_time(); import {}; print(time.process_time() - t)"


def check_import(package: str) -> None:
    """Import the package from site-packages, with its type marker and licence, and time it."""
    module = importlib.import_module(f"spatialevo_{package}")
    # Anew, now that its bytecode is written, and by the processor's clock: others run beside us.
    timed = [sys.executable, "-c", TIMED.format(module.__name__)]
    seconds = float(subprocess.run(timed, check=True, capture_output=True, text=True).stdout)
    if package in HEAVY_FREE and seconds > IMPORT_SECONDS:
        raise SystemExit(f"smoke: importing {module.__name__} took {seconds:.2f} s")
    folder = Path(module.__file__ or "").parent
    if not folder.is_relative_to(sysconfig.get_path("platlib")):
        raise SystemExit(f"smoke: {module.__name__} was imported from {folder}, not from a wheel")
    if not (folder / "py.typed").exists():
        raise SystemExit(f"smoke: {module.__name__} was built without py.typed")
    distribution = importlib.metadata.distribution(f"spatialevo-{package}")
    if not any(path.name == "LICENSE" for path in distribution.files or ()):
        raise SystemExit(f"smoke: {distribution.name} was built without its LICENSE")
    print(f"{distribution.name} {distribution.version}: imported in {seconds:.2f} s")


def check_light(package: str) -> None:
    """Check that the oracle's packages installed nothing heavy."""
    heavy = [name for name in HEAVY if importlib.util.find_spec(name) is not None]
    if package in HEAVY_FREE and heavy:
        raise SystemExit(f"smoke: installing spatialevo-{package} brought {', '.join(heavy)}")


def check_commands(package: str) -> None:
    """Run the package's commands as a user would."""
    scripts = sysconfig.get_path("scripts")
    for name, *arguments in COMMANDS[package]:
        command = shutil.which(name, path=scripts)
        if command is None:
            raise SystemExit(f"smoke: {name} is not in {scripts}")
        subprocess.run([command, *arguments], check=True)


if __name__ == "__main__":
    check_import(sys.argv[1])
    check_light(sys.argv[1])
    check_commands(sys.argv[1])
