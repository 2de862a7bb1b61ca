"""The first notebook, with a scenario of the user's filled in."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from simkit.errors import InputError
from simkit.package import pip_install
from simkit.scenario import Scenario

REPOSITORY = Path(__file__).parents[2]
"""Where simkit is installed as a working copy; then files are there that a wheel has inside the package."""
SHIPPED = {"first_look.txt": "notebooks/1-first-look.py", "starter.yaml": "scenarios/starter.yaml"}
"""What the package holds under its own name (see pyproject.toml), and where it stands in the repository."""


def shipped(name: str) -> str:
    """The text of a file of `SHIPPED`."""
    inside = files("simkit.notebook").joinpath(name)
    return inside.read_text("utf-8") if inside.is_file() else (REPOSITORY / SHIPPED[name]).read_text("utf-8")


def from_text(text: str) -> Any:
    """The notebook that `text` says (jupytext, percent format), without outputs; ids come from what a cell holds.

    Raises InputError where jupytext is not installed.
    """
    try:
        import jupytext
    except ModuleNotFoundError as error:
        raise InputError(f"jupytext is not installed: `{pip_install('notebooks')}`") from error
    notebook = jupytext.reads(text, fmt="py:percent")
    for place, cell in enumerate(notebook.cells):
        cell["id"] = hashlib.sha256(f"{place}:{cell.source}".encode()).hexdigest()[:8]
        cell["metadata"] = {}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def written(notebook: Any) -> str:
    """The JSON of `notebook`, which `from_text` made, as a file holds it."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def first_notebook(
    scenario: Scenario, file: Path, out: Path, *, changes: Mapping[str, str] = MappingProxyType({})
) -> str:
    """The first notebook as the JSON of a `.ipynb` at `out`, about `scenario`, which is in `file` but for `changes`.

    The notebook names `file` from where it lies itself if the file is there or below, else by its whole path.
    """
    below = file.resolve().is_relative_to(out.resolve().parent)
    path = os.path.relpath(file.resolve(), out.resolve().parent) if below else str(file.resolve())
    names = {"SCENARIO": path, "CHANGES": dict(changes), "ENTRY_POINT": next(iter(scenario.entry_points))}
    text = filled(shipped("first_look.txt"), names)
    return written(from_text(text))


def filled(text: str, names: Mapping[str, object]) -> str:
    """`text` with the one line `NAME = ...` of each of `names` set to its value.

    >>> filled('TRIALS = 5\\nSCENARIO = "a.yaml"\\n', {"SCENARIO": "it's.yaml"})
    'TRIALS = 5\\nSCENARIO = "it\\'s.yaml"\\n'
    """
    for name, value in names.items():
        line = f"{name} = {value!r}"
        text, found = re.subn(rf"^{name} = .*$", lambda _, line=line: line, text, flags=re.MULTILINE)  # type: ignore[misc]
        if found != 1:
            raise RuntimeError(f"the first notebook sets {name} {found} times, not once")
    return text
