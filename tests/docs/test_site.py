"""The docs as a site: built without a warning, every page in its navigation, nothing fetched from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml

import simkit
from simkit import notebook, plots

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SETTINGS = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), yaml.BaseLoader)
LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}


class Loads(HTMLParser):
    """The addresses of everything that a browser loads with a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in LOADED and given.get(LOADED[tag]) and given.get("rel") not in ("canonical", "next", "prev"):
            self.found.append(str(given[LOADED[tag]]))


def listed(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        ((_, what),) = entry.items()
        yield from listed(what) if isinstance(what, list) else [what]


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        parser = Loads()
        parser.feed(page.read_text("utf-8"))
        assert parser.found, page
        assert [address for address in parser.found if re.match(r"(https?:)?//", address)] == [], page
    for style in site.rglob("*.css"):
        assert not re.search(r"(url\(|@import)\s*['\"]?(https?:)?//", style.read_text("utf-8")), style


def test_every_page_is_built_and_none_of_the_tools(site: Path) -> None:
    for page in DOCS.rglob("*.md"):
        assert (site / page.relative_to(DOCS).with_suffix(".html")).exists()
    assert not list(site.rglob("*.py"))


def test_every_command_has_a_section_with_its_help(site: Path) -> None:
    from simkit.cli.commands import simkit as command

    page = (site / "reference" / "commands.html").read_text("utf-8")
    assert [name for name in command.commands if f'id="simkit-{name}"' not in page] == []
    assert page.count("-h, --help") == len(command.commands)


def test_docstrings_show_their_examples_as_code(site: Path) -> None:
    pages = [page.read_text("utf-8") for page in (site / "reference").glob("*.html")]
    assert not any("<blockquote>" in page for page in pages)
    assert any("&gt;&gt;&gt;" in page or ">>>" in page for page in pages)


def test_every_page_is_in_the_navigation_once() -> None:
    pages = list(listed(SETTINGS["nav"]))
    assert len(pages) == len(set(pages))
    assert {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")} <= set(pages)


def test_the_reference_has_every_public_name_once() -> None:
    text = "".join(page.read_text("utf-8") for page in (DOCS / "reference").glob("*.md"))
    shown = re.findall(r"^::: simkit\.([\w.]+)$", text, re.MULTILINE)
    rooms = {"plots": plots.__all__, "notebook": notebook.__all__}
    inside = {f"{room}.{name}" for room, names in rooms.items() for name in names}
    assert len(shown) == len(set(shown))
    assert {*simkit.__all__, *inside} - set(shown) == {"__version__"}
