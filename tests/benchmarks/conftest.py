"""Rows of a run: printed at its end, and written into a page where that is asked for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from benchmarks.racing import Limit, Race, Row, limits_table, table

from simkit.files import write

FIGURES, LIMITS = pytest.StashKey[list[Row]](), pytest.StashKey[list[Limit]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-figures",
        type=Path,
        metavar="PAGE",
        help="replace the tables between <!-- figures --> or <!-- limits --> and <!-- end --> in this Markdown page",
    )
    parser.addoption("--beside", type=Path, metavar="FOLDER", help="a checkout of an older build to be as fast as")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES], config.stash[LIMITS] = [], []


@pytest.fixture
def full(benchmark: Any) -> bool:
    """True where benchmarks are timed, at their full size; else each runs once, small, and results are compared."""
    return bool(benchmark.enabled)


@pytest.fixture
def race(benchmark: Any, full: bool, request: pytest.FixtureRequest) -> Race:
    """Runs ours beside its peers."""
    return Race(benchmark, request.config.stash[FIGURES], request.config.stash[LIMITS], full=full)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    made = {"figures": table(config.stash[FIGURES]), "limits": limits_table(config.stash[LIMITS])}
    page = config.getoption("write_figures", None)
    for title, found in made.items():
        if found.rows:
            terminalreporter.write_line(f"\n{found.text()}")
            if page:
                written_into(page, title, found.markdown())


def written_into(page: Path, title: str, text: str) -> None:
    """Puts `text` between the marks of `title` in `page`."""
    marks = re.compile(rf"(<!-- {title} -->\n).*?(\n<!-- end -->)", re.DOTALL)
    write(page, marks.sub(lambda found: found[1] + text.strip() + found[2], page.read_text("utf-8")))
