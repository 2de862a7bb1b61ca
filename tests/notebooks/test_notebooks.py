"""The notebooks: text and outputs agree, they show what they should, and they run from a clean kernel."""

from __future__ import annotations

import ast
import runpy
import time
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("jupytext")
pytest.importorskip("nbclient")

import simkit  # noqa: E402

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
MAKE = runpy.run_path(str(NOTEBOOKS / "make.py"))
NAMES = MAKE["names"]()
ALLOWED = {"simkit", "simkit.plots", "simkit.notebook", "simkit.distributions"}
"""What a notebook may import of simkit: the public face, the pictures, the graph and the distributions."""


def shipped(name: str):  # type: ignore[no-untyped-def]
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code(name: str) -> list[str]:
    return [cell.source for cell in MAKE["from_text"](name).cells if cell.cell_type == "code"]


def test_there_are_five() -> None:
    assert [name[0] for name in NAMES] == list("12345")


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_holds_what_its_text_says(name: str) -> None:
    text = MAKE["from_text"](name)
    assert [cell.source for cell in shipped(name).cells] == [cell.source for cell in text.cells]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_is_shipped_with_outputs_and_without_mistakes(name: str) -> None:
    notebook = shipped(name)
    nbformat.validate(notebook)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]
    assert not [output for output in outputs if output.get("data", {}).get("text/plain", "").startswith("<Axes")]


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_that_a_notebook_asks_for_is_in_it(name: str) -> None:
    cells = [cell for cell in shipped(name).cells if cell.cell_type == "code" and "\nplots." in f"\n{cell.source}"]
    for cell in cells:
        assert any("image/png" in output.get("data", {}) for output in cell.outputs), cell.source


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_imports_the_public_face_only(name: str) -> None:
    for source in code(name):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simkit"):
                assert node.module in ALLOWED
                assert node.module != "simkit" or {alias.name for alias in node.names} <= {"notebook", "plots", *simkit.__all__}
            if isinstance(node, ast.Import):
                assert not [alias.name for alias in node.names if alias.name.startswith("simkit.")]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_ends_with_something_to_change(name: str) -> None:
    *_, last_text, last_code = MAKE["from_text"](name).cells
    assert "## Change something" in last_text.source
    assert last_code.cell_type == "code"


@pytest.mark.notebooks
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_runs_from_a_clean_kernel(name: str) -> None:
    before = time.monotonic()
    notebook = MAKE["run"](name)
    assert time.monotonic() - before < 60
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in shipped(name).cells]
