"""What the end of a file's name says about what is written into it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from simkit.errors import InputError

ENDINGS: Mapping[str, str] = {
    ".txt": "text",
    ".sarif": "sarif",
    ".sarif.json": "sarif",
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".xml": "junit",
    ".mmd": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".graphml": "graphml",
    ".html": "html",
    ".htm": "html",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".ipynb": "notebook",
    ".csv": "csv",
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".patch": "patch",
    ".diff": "patch",
}
"""The format that each ending stands for; the first that a name has counts."""


def ending_says(out: str, formats: Sequence[str]) -> str:
    """Which of `formats` the end of a file's name stands for; empty for none.

    >>> ending_says("result.sarif.json", ["json", "sarif"])
    'sarif'
    """
    return next((name for end, name in ENDINGS.items() if name in formats and out.lower().endswith(end)), "")


def format_of(out: str, formats: Sequence[str], *, option: str = "--out") -> str:
    """The one of `formats` in which `out` is written: the one that its ending says, the first where it has no ending.

    Raises InputError for an ending that says something else.
    """
    found = ending_says(out, formats)
    ending = os.path.splitext(os.path.basename(out))[1]
    if not found and ending.strip("."):
        known = [end for end, name in ENDINGS.items() if name in formats]
        good = " or ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known)
        other = ", or say --format" if len(formats) > 1 else ""
        raise InputError(f"{option} {out}: nothing is written here as {ending}: end the name in {good}{other}")
    return found or formats[0]
