"""The house holds: imports go down the floors, modules and functions stay small, no name is a hiding place."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = (
    ("errors",),
    ("table", "fate", "distributions", "files", "progress"),
    ("model", "attackgraph"),
    ("entitlements", "importers", "engines", "session_catalogue", "rights"),
    ("policies", "techniques"),
    ("scenario", "measures", "blast_radius", "record", "execution", "standards"),
    ("simulation", "privilege"),
    ("narrowing", "ablation", "checks", "estate", "sweeps", "diagram"),
    ("controls", "studies"),
    ("plots",),
    ("report", "notebook"),
    ("cli", "pytest_plugin", "pytest_entry"),
)
"""Lowest first. A module imports from the floors under it, and on its own floor only inside its own package."""
SIDEWAYS = {("techniques", "policies"), ("scenario", "measures"), ("measures", "blast_radius")}
"""(from, to): steps on one floor that are meant. Techniques turn the sessions that policies make into steps; a scenario
expects what can be measured, and what is measured is a blast radius."""
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
ENGINES_SEE = {"engines", "attackgraph", "fate", "distributions", "errors", "progress"}
HIDING_PLACES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers", "misc"}
MODULES = sorted((ROOT / "simkit").rglob("*.py"))
INSIDE = [path for path in MODULES if path.parent != ROOT / "simkit" or path.stem not in ("__init__", "__main__")]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room(path: Path) -> str:
    return path.relative_to(ROOT / "simkit").parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """The full name of every module that `path` imports, late imports and imports for types included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{named(path)}:{node.lineno} imports relatively"
            assert node.module
            bare = node.module == "simkit"
            yield from (f"simkit.{alias.name}" if bare else node.module for alias in node.names)


def rooms_below(path: Path) -> set[str]:
    """The rooms that `path` imports from; the version is the one thing that the front door itself gives."""
    return {name.split(".")[1] for name in imported(path) if name.startswith("simkit.")} - {"__version__"}


def allowed(source: str, target: str) -> bool:
    return source == target or FLOOR[target] < FLOOR[source] or (source, target) in SIDEWAYS


def test_contributing_lists_the_floors() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    lines = re.findall(r"^\d+\. (`.*)$", text, flags=re.MULTILINE)
    assert [tuple(re.findall(r"`(\w+)`", line)) for line in lines] == list(FLOORS)


@pytest.mark.parametrize("path", INSIDE, ids=named)
def test_imports_go_down_the_floors(path: Path) -> None:
    assert room(path) in FLOOR, f"{room(path)} has no floor: give it one in FLOORS"
    unknown = rooms_below(path) - FLOOR.keys()
    assert not unknown, f"import from the module that has it, not from {unknown}"
    assert not [target for target in rooms_below(path) if not allowed(room(path), target)]


@pytest.mark.parametrize("path", [path for path in INSIDE if room(path) == "engines"], ids=named)
def test_engines_see_arrays_only(path: Path) -> None:
    assert rooms_below(path) <= ENGINES_SEE


def test_the_two_foundation_stones_never_meet() -> None:
    for path in INSIDE:
        if room(path) in ("model", "attackgraph"):
            assert not rooms_below(path) & {"model", "attackgraph"} - {room(path)}, named(path)


def test_sideways_steps_stay_on_one_floor_and_are_taken() -> None:
    taken = {(room(path), target) for path in INSIDE for target in rooms_below(path)}
    assert all(FLOOR[source] == FLOOR[target] for source, target in SIDEWAYS)
    assert taken >= SIDEWAYS


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_fits_in_400_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_function_fits_on_one_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{named(path)}:{node.lineno} {node.name} has {length} lines"


def test_no_module_is_a_hiding_place() -> None:
    parts = {part.strip("_") for path in MODULES for part in path.relative_to(ROOT).with_suffix("").parts}
    assert not parts & HIDING_PLACES


def test_every_package_and_module_says_what_it_is() -> None:
    silent = [named(path) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert not silent


DISTRIBUTIONS = {
    "yaml": "pyyaml",
    "pydantic_core": "pydantic",
    "llvmlite": "numba",
    "markupsafe": "jinja2",
    "traitlets": "anywidget",
    "IPython": "ipykernel",
}
"""Packages that are installed under another name, or with another package."""


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    declared = [*project["dependencies"], *(line for extra in extras for line in extra)]
    installed_by = {re.split(r"[^\w-]", line)[0].lower() for line in declared}
    foreign = {name.partition(".")[0] for path in MODULES for name in imported(path)} - sys.stdlib_module_names
    assert {DISTRIBUTIONS.get(name, name) for name in foreign - {"simkit"}} <= installed_by


def test_the_source_archive_holds_everything_that_is_tracked() -> None:
    """Its tests read results, scripts and pages too. Hatch itself adds pyproject.toml and .gitignore."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode or not listed.stdout:
        pytest.skip("this is no working copy of the repository")
    build = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    included = {*build["targets"]["sdist"]["include"], "pyproject.toml", ".gitignore"}
    assert {line.partition("/")[0] for line in listed.stdout.splitlines()} == included
