"""Runs every notebook from a clean kernel and keeps its outputs: `python notebooks/make.py [NAME ...]`.

The text of a notebook is the `.py` file beside it (jupytext, percent format); the `.ipynb` is made from it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from simkit.notebook import first

HERE = Path(__file__).parent
SECONDS = 300
"""How long one cell may take; a whole notebook takes less than a minute on two cores."""


def names() -> list[str]:
    """The notebooks, by the numbers that their files begin with."""
    return sorted(file.stem for file in HERE.glob("[0-9]*.py"))


def from_text(name: str) -> nbformat.NotebookNode:
    """The notebook called `name` as its text says, without outputs, paired with that text."""
    notebook = first.from_text((HERE / f"{name}.py").read_text("utf-8"))
    notebook.metadata["jupytext"] = {"formats": "ipynb,py:percent"}
    return notebook


def run(name: str) -> nbformat.NotebookNode:
    """The notebook called `name`, executed in a new kernel. Raises CellExecutionError where a cell fails."""
    notebook = from_text(name)
    client = NotebookClient(notebook, timeout=SECONDS, kernel_name="python3", record_timing=False)
    client.execute(cwd=str(HERE))
    notebook.metadata["language_info"] = {"name": "python"}
    return notebook


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="notebooks, without their endings; default: all")
    for name in parser.parse_args(arguments).names or names():
        nbformat.write(run(name), HERE / f"{name}.ipynb")


if __name__ == "__main__":
    main()
