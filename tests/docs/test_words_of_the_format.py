"""Every word that says more than a first scenario needs has its page; the starter shows a few of them, and no incident
leaves a question open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from docs.test_what_is_said import DOCS

import simkit

SCENARIOS = Path(__file__).parents[2] / "scenarios"
WORDS = {
    "denies": "denies",
    "boundary": "denies",
    "except": "denies",
    "limited_to": "limited-to",
    "claims": "claims",
    "lifts": "lift",
    "on_behalf_of": "on-behalf-of",
    "runtime_holds": "runtime-files",
    "run_by": "run-by",
    "egress": "egress",
    "answers": "answers",
    "ttl": "role-ttl",
    "tries": "tries",
    "retry": "tries",
    "approval": "approvals",
    "asked": "approvals",
    "approved_for": "approvals",
    "approvals": "approval-rules",
    "covers": "approval-rules",
    "of": "approval-rules",
    "blind": "approval-rules",
    "exempt": "approval-rules",
    "off_in": "approval-rules",
    "any": "goals",
    "at_least": "quotas",
    "throughput": "quotas",
    "records": "quotas",
    "aims_at": "attacker",
    "responders": "responders",
    "forgets": "responders",
    "undo": "undo",
    "restore": "undo",
    "environment": "environments",
    "count": "count",
    "include": "include",
}
"""A word, and the page that explains it."""
OLD = {"runtime_holds", "environment", "at_least", "ttl"}
"""Words that the format had from the start, and that say more now: the starter may have them."""


@pytest.mark.parametrize("word", WORDS)
def test_a_word_has_a_page_that_speaks_of_it(word: str) -> None:
    page = (DOCS / "words" / f"{WORDS[word]}.md").read_text("utf-8")
    assert f"{word}:" in page


EFFECTS = {"lift": "lift", "silence": "silence", "execute": "runtime-files"}
"""An effect, and the page that explains it."""


@pytest.mark.parametrize("effect", EFFECTS)
def test_an_effect_that_says_more_has_a_page_that_speaks_of_it(effect: str) -> None:
    assert f"effect: {effect}" in (DOCS / "words" / f"{EFFECTS[effect]}.md").read_text("utf-8")


def test_every_page_of_a_word_is_of_one_of_these() -> None:
    pages = {page.stem for page in (DOCS / "words").glob("*.md")}
    assert pages - set(WORDS.values()) - set(EFFECTS.values()) == {"tools-as-principals"}


@pytest.mark.parametrize("tool", ["compromise: {tool:", "poison: {operation:"])
def test_tools_as_principals_have_their_page(tool: str) -> None:
    assert tool in (DOCS / "words" / "tools-as-principals.md").read_text("utf-8")


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys(inner)


def test_the_starter_shows_three_new_words_at_most() -> None:
    shown = set(keys(yaml.safe_load((SCENARIOS / "starter.yaml").read_text("utf-8"))))
    assert len(shown & WORDS.keys() - OLD) <= 3


@pytest.mark.parametrize("file", sorted((SCENARIOS / "incidents").glob("*.yaml")), ids=lambda file: file.stem)
def test_an_incident_leaves_no_question_of_the_linter_open(file: Path) -> None:
    assert list(simkit.lint(simkit.load(str(file)))) == []
