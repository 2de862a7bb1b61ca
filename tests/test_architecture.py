"""The house holds: imports go down the floors, modules and functions stay small, no name is a hiding place."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from house import FLOOR, INSIDE, MODULES, PAGE, ROOT, drawn, imported, named, picture, room, rooms_below

SIDEWAYS = {("techniques", "policies"), ("scenario", "measures"), ("measures", "blast_radius")}
"""(from, to): steps on one floor that are meant. Techniques turn the sessions that policies make into steps; a scenario
expects what can be measured, and what is measured is a blast radius."""
ENGINES_SEE = {"engines", "attackgraph", "fate", "distributions", "errors", "package", "progress"}
HIDING_PLACES = {"utils", "util", "helpers", "helper", "common", "core", "base", "manager", "managers", "misc"}
GERUNDS = {
    "mapping": "of rules to the public lists, as their authors call it",
    "mining": "role mining is the field's word",
    "ranking": "what `simkit.rank` gives",
}
"""The modules whose names end in -ing, each with its reason: else a module is called as what it holds."""
WHOLE = "__init__"
COMMANDS_FOLDER = ROOT / "simkit" / "cli" / "commands"


def allowed(source: str, target: str) -> bool:
    return source == target or FLOOR[target] < FLOOR[source] or (source, target) in SIDEWAYS


def test_contributing_draws_the_floors_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    assert picture() in page, "`python tests/house.py` draws the floors anew"
    assert drawn(page) == page


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


def test_nine_functions_of_ten_are_read_at_a_glance() -> None:
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[int(0.9 * len(lengths))] <= 16


def twice(things: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Of (name, where it is) the names that stand in more than one place, each with all of them."""
    found: dict[str, list[str]] = {}
    for name, where in things:
        found.setdefault(name, []).append(where)
    return {name: places for name, places in found.items() if len(places) > 1}


def test_no_class_name_stands_for_two_things() -> None:
    classes = [
        (node.name.strip("_"), f"{named(path)}:{node.lineno}")
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    assert not twice(classes)


def may_bear_another_name(path: Path) -> bool:
    """Two kinds of files are called as something else is, because they are that thing: the main module of a package as
    its package (`scenario/scenario.py`), and the file of a command as the command, which is often the word of the
    module that answers it (`cli/commands/paths.py`, `blast_radius/paths.py`)."""
    return path.stem == path.parent.name or (path.parent == COMMANDS_FOLDER and path.stem != WHOLE)


def test_no_module_name_stands_for_two_things() -> None:
    own = [path for path in INSIDE if not may_bear_another_name(path)]
    assert not twice((path.parent.name if path.stem == WHOLE else path.stem, named(path)) for path in own)


def test_modules_are_called_as_what_they_hold() -> None:
    assert {path.stem for path in MODULES if path.stem.endswith("ing")} == GERUNDS.keys()
    assert len(GERUNDS) <= 3


def test_the_file_of_a_command_is_named_as_the_command() -> None:
    from simkit.cli.commands import COMMANDS, simkit

    assert {path.stem for path in COMMANDS_FOLDER.glob("*.py")} - {WHOLE} == set(COMMANDS)
    for name, command in simkit.commands.items():
        assert command.callback
        assert command.callback.__module__ == f"simkit.cli.commands.{name}"


def test_the_tests_of_a_command_are_in_a_file_of_its_name() -> None:
    from simkit.cli.commands import COMMANDS

    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests" / "cli" / "commands").glob("test_*.py")}
    assert tests == set(COMMANDS)


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
