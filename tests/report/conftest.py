"""Reports to look at: a small world, the same world with hostile names, and pages of them in a browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import pytest
from hostile_names import HostileNames, world

mpl.use("agg")

import simkit

if TYPE_CHECKING:
    pass


@pytest.fixture(scope="session")
def hostile_names() -> HostileNames:
    """The hostile names by the words that they stand for."""
    return HostileNames()


@pytest.fixture(scope="session")
def hostile(hostile_names: HostileNames) -> simkit.Report:
    """The report on the small world with a hostile name for everything."""
    scenario = simkit.loads(world(hostile_names.__getitem__), "hostile.json")
    return simkit.report_on(scenario, entry_point=hostile_names["leaked-key"], trials=60)


@pytest.fixture(scope="session")
def report() -> simkit.Report:
    """The report on the small world."""
    return simkit.report_on(
        simkit.loads(world(str), "folder/help-desk.json"), entry_point="leaked-key", trials=60, seed=3
    )


@pytest.fixture(scope="session")
def page(report: simkit.Report) -> str:
    """The page of the report on the small world."""
    return report.html()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], str]:
    """Writes a page to a file, and gives its address."""

    def write(html: str) -> str:
        file = tmp_path / "report.html"
        file.write_text(html, "utf-8")
        return file.as_uri()

    return write
