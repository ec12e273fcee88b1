# SPDX-License-Identifier: Apache-2.0
"""What a call into C++ costs: the same kernel bound by nanobind and by pybind11."""

import importlib.util
import subprocess
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from spatialevo_geometry import _native, wrap_angle

ROOT = Path(__file__).resolve().parents[2]
MATRIX = np.linalg.qr(np.random.default_rng(7).normal(size=(3, 3)))[0]
SOURCE = """
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <stdexcept>

#include "spatialevo/box.hpp"
#include "spatialevo/rigid.hpp"

namespace py = pybind11;
using Matrix = py::array_t<double, py::array::c_style>;

PYBIND11_MODULE(yardstick, m) {
    m.def("wrap_angle", &spatialevo::wrap_angle, py::arg("angle"));
    m.def("orthonormality_error", [](const Matrix& axes) {
        if (axes.ndim() != 2 || axes.shape(0) != 3 || axes.shape(1) != 3) {
            throw std::invalid_argument("axes: expected (3, 3)");
        }
        const double* d = axes.data();
        return spatialevo::orthonormality_error(
            {{{d[0], d[1], d[2]}, {d[3], d[4], d[5]}, {d[6], d[7], d[8]}}});
    }, py::arg("axes"));
}
"""


@pytest.fixture(scope="module")
def yardstick(tmp_path_factory):
    """The pybind11 module, compiled from the same core sources with the same optimisation."""
    pybind11 = pytest.importorskip("pybind11")
    folder = tmp_path_factory.mktemp("yardstick")
    (folder / "yardstick.cpp").write_text(SOURCE, encoding="utf-8")
    module = folder / f"yardstick{sysconfig.get_config_var('EXT_SUFFIX')}"
    core = [ROOT / "native/src" / name for name in ("box.cpp", "rigid.cpp")]
    compiler = sysconfig.get_config_var("CXX").split()[0]
    flags = ["-std=c++20", "-O3", "-DNDEBUG", "-ffp-contract=off", "-fPIC", "-shared"]
    includes = [pybind11.get_include(), sysconfig.get_paths()["include"], ROOT / "native/include"]
    command = [compiler, *flags, *(f"-I{path}" for path in includes)]
    subprocess.run([*command, folder / "yardstick.cpp", *core, "-o", module], check=True)
    spec = importlib.util.spec_from_file_location("yardstick", module)
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.benchmark(group="binding: a function of one number")
@pytest.mark.parametrize("binding", ["nanobind", "pybind11", "python facade"])
def test_scalar_call(benchmark, binding, request):
    if binding == "pybind11":
        run = request.getfixturevalue("yardstick").wrap_angle
    else:
        run = _native.wrap_angle if binding == "nanobind" else wrap_angle
    assert benchmark(run, 7.0) == 7.0 - 2 * np.pi


@pytest.mark.benchmark(group="binding: a function of a 3 x 3 array")
@pytest.mark.parametrize("binding", ["nanobind", "pybind11"])
def test_array_call(benchmark, binding, request):
    module = _native if binding == "nanobind" else request.getfixturevalue("yardstick")
    assert benchmark(module.orthonormality_error, MATRIX) == _native.orthonormality_error(MATRIX)
