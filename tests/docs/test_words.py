"""Each page of docs/words is an example that runs: its files, its commands, and what they print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docs.test_what_is_said import DOCS, answered, in_order

PAGES = sorted((DOCS / "words").glob("*.md"))
MOST_LINES = 60


def named(block: str) -> str:
    """The file that a block of YAML is: the name in the comment on its first line."""
    found = re.match(r"# ([\w/-]+\.yaml)\n", block)
    assert found, f"a block of YAML starts with its name, such as `# world.yaml`:\n{block}"
    return found[1]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_example_of_a_word_runs_and_prints_what_it_shows(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    answer, shown = "", 0
    for language, block in re.findall(r"^```(yaml|sh|text)\n(.*?)^```", page.read_text("utf-8"), re.S | re.M):
        if language == "yaml":
            file = tmp_path / named(block)
            file.parent.mkdir(exist_ok=True)
            file.write_text(block, "utf-8")
        elif language == "sh":
            answer = "".join(map(answered, block.splitlines()))
        else:
            words = block.replace("...]", "").split()
            assert in_order(words, answer), f"{page.name} shows what is not printed:\n{block}\nbut\n{answer}"
            shown += 1
    assert shown, f"{page.name} shows no answer: put a ```text block behind the command"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_of_a_word_is_short(page: Path) -> None:
    assert len(page.read_text("utf-8").splitlines()) <= MOST_LINES
