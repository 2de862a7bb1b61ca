"""The page on open sessions shows the catalogue as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from simkit.session_catalogue import SessionCatalogue, session_behaviours
from simkit.table import Table

PAGE = (Path(__file__).parents[2] / "docs" / "sessions.md").read_text("utf-8")
CATALOGUE = SessionCatalogue(tuple(session_behaviours().values()))


def drawn(table: Table) -> list[str]:
    """The lines of `table` in Markdown, without its title and note."""
    return [line for line in table.markdown().splitlines() if line.startswith("|")]


def shown(heading: str) -> list[str]:
    """The lines of the tables under `heading`."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("|")]


@pytest.mark.parametrize(
    ("heading", "tables"),
    [
        ("The systems", [CATALOGUE.operations_table(), CATALOGUE.streams_table()]),
        ("Documented, not measured", [CATALOGUE.documented_table()]),
        ("How often an open session goes on", [CATALOGUE.shares_table()]),
    ],
)
def test_the_page_shows_the_tables_of_the_catalogue(heading: str, tables: list[Table]) -> None:
    """Where they differ: `simkit sessions --format markdown` prints them all."""
    assert shown(heading) == [line for table in tables for line in drawn(table)]


def test_the_page_says_which_exception_lets_a_port_be_forwarded() -> None:
    (found,) = [
        exception
        for exception in session_behaviours()["openssh-9.2"].on_disable.exceptions()
        if "forwarded" in exception.when
    ]
    assert found.found == "allowed"
    assert "`nologin` still forwards ports on a new connection" in PAGE
