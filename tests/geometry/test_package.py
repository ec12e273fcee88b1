# SPDX-License-Identifier: Apache-2.0
"""The package re-exports what its modules declare, and imports nothing heavy."""

import importlib
import pkgutil
import subprocess
import sys

import spatialevo_geometry


def test_the_package_exports_what_its_modules_do():
    declared = set()
    for module in pkgutil.iter_modules(spatialevo_geometry.__path__):
        if module.name not in {"_native", "arrays"}:
            declared |= set(importlib.import_module(f"spatialevo_geometry.{module.name}").__all__)
    exported = set(spatialevo_geometry.__all__)
    assert declared <= exported
    array_types = exported - declared
    assert array_types <= set(vars(spatialevo_geometry.arrays))
    assert all(hasattr(spatialevo_geometry, name) for name in exported)


def test_numpy_is_the_only_import():
    code = "import sys, spatialevo_geometry; print(*{m.split('.')[0] for m in sys.modules})"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert not {"scipy", "open3d", "trimesh", "torch"} & set(result.stdout.split())
