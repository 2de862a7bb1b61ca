"""Rows of a run: printed at its end, and written into a page where that is asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from benchmarks.racing import Race, Row, table

from simkit.files import write

FIGURES, LIMITS = pytest.StashKey[list[Row]](), pytest.StashKey[list[Row]]()
TITLES = {"figures": FIGURES, "limits": LIMITS}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-figures",
        type=Path,
        metavar="PAGE",
        help="replace the tables between <!-- figures --> or <!-- limits --> and <!-- end --> in this Markdown page",
    )


def pytest_configure(config: pytest.Config) -> None:
    for key in TITLES.values():
        config.stash[key] = []


@pytest.fixture
def full(benchmark: Any) -> bool:
    """True where benchmarks are timed, at their full size; else each runs once, small, and results are compared."""
    return bool(benchmark.enabled)


@pytest.fixture
def race(benchmark: Any, full: bool, request: pytest.FixtureRequest) -> Race:
    """Runs ours beside its peers."""
    return Race(benchmark, request.config.stash[FIGURES], full=full)


@pytest.fixture
def limits(request: pytest.FixtureRequest) -> list[Row]:
    """Rows that hold an engine against what limits it."""
    return request.config.stash[LIMITS]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    page = config.getoption("write_figures", None)
    for title, key in TITLES.items():
        if config.stash[key]:
            made = table(config.stash[key], title)
            terminalreporter.write_line("")
            terminalreporter.write_line(made.text())
            if page:
                written_into(page, title, made.markdown())


def written_into(page: Path, title: str, text: str) -> None:
    """Puts `text` between the marks of `title` in `page`."""
    marks = re.compile(rf"(<!-- {title} -->\n).*?(\n<!-- end -->)", re.DOTALL)
    write(page, marks.sub(lambda found: found[1] + text.strip() + found[2], page.read_text("utf-8")))
