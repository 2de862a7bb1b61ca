"""Each page of docs/import, and the walk through it, has an example that runs: files, commands, what they print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.test_what_is_said import DOCS, answered, in_order

from simkit.importers import IMPORTERS

PAGES = sorted((DOCS / "import").glob("*.md"))
WALK = DOCS / "agent-in-your-repository.md"
"""From nothing to a pull request that goes red."""


def test_every_kind_has_a_page_that_says_what_it_cannot_see() -> None:
    assert {page.stem for page in PAGES} == set(IMPORTERS)
    assert all("## What it cannot see" in page.read_text("utf-8") for page in PAGES)
    overview = (DOCS / "import.md").read_text("utf-8")
    assert all(f"| `{kind}` | {each.reads} |" in overview for kind, each in IMPORTERS.items())


@pytest.mark.parametrize("page", [*PAGES, WALK, DOCS / "impact.md"], ids=lambda page: page.stem)
def test_the_example_runs_and_prints_what_it_shows(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    answer, shown = "", 0
    blocks = re.findall(r"^```(yaml|json|toml|sh|text)\n(.*?)^```", page.read_text("utf-8"), re.S | re.M)
    for language, block in blocks:
        if language in ("yaml", "json", "toml"):
            name = re.match(r"(?:#|//) (\S+)\n", block)
            assert name, f"a file starts with its name in a comment:\n{block}"
            file = tmp_path / name[1]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block, "utf-8")
        elif language == "sh":
            answer = "".join(map(answered, block.splitlines()))
        else:
            assert in_order(block.split(), answer), f"{page.name} shows what is not printed:\n{block}\nbut\n{answer}"
            shown += 1
    assert shown
