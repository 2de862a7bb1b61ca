"""Every identifier is real and pinned, every rule is covered, and nothing is claimed that was not looked up."""

from __future__ import annotations

import re

import pytest

from simkit import standards
from simkit.standards import LISTS, RELEVANT
from simkit.techniques import rules

SHAPES = {
    "MITRE ATT&CK": r"T\d{4}(\.\d{3})?",
    "MITRE ATLAS": r"AML\.T\d{4}(\.\d{3})?",
    "OWASP Agentic Top 10": r"ASI(0[1-9]|10)",
    "OWASP NHI Top 10": r"NHI([1-9]|10):2025",
}
VERSIONS = {
    "MITRE ATT&CK": "v18.1",
    "MITRE ATLAS": "5.6.0 (2026-05-05)",
    "OWASP Agentic Top 10": "2026",
    "OWASP NHI Top 10": "2025",
}


def test_every_event_of_the_model_is_a_mapped_rule_and_no_other_is() -> None:
    assert set(RELEVANT) == {rule.name for rule in rules().values() if rule.event}


@pytest.mark.parametrize("rule", RELEVANT)
def test_every_rule_says_something_about_every_list(rule: str) -> None:
    assert list(RELEVANT[rule]) == list(LISTS)
    assert standards.of(rule), "a rule that nothing fits at all would be news: say why here"


@pytest.mark.parametrize("rule", RELEVANT)
def test_no_identifier_is_invented_or_named_twice(rule: str) -> None:
    references = standards.of(rule)
    assert len({(r.list, r.id) for r in references}) == len(references)
    for reference in references:
        assert LISTS[reference.list].titles[reference.id] == reference.title
        assert reference.version == VERSIONS[reference.list]


@pytest.mark.parametrize("name", LISTS)
def test_identifiers_have_the_shape_of_their_list(name: str) -> None:
    for identifier, title in LISTS[name].titles.items():
        assert re.fullmatch(SHAPES[name], identifier)
        assert title == title.strip() != ""
    assert len(set(LISTS[name].titles.values())) == len(LISTS[name].titles)


def test_the_owasp_lists_are_whole_and_the_matrices_hold_only_what_is_used() -> None:
    used = {(reference.list, reference.id) for rule in RELEVANT for reference in standards.of(rule)}
    for name, entry in LISTS.items():
        if name.startswith("OWASP"):
            assert len(entry.titles) == 10
        else:
            assert {identifier for found, identifier in used if found == name} == set(entry.titles)


def test_every_list_says_where_it_was_read() -> None:
    text = standards.lists.__doc__ or ""
    for entry in LISTS.values():
        assert entry.source.startswith("https://")
        assert entry.grade in ("P", "S")
        assert f"**{entry.name}**" in text
        assert f"grade {entry.grade}:" in text.split(f"**{entry.name}**")[1].split("- **")[0]


@pytest.mark.parametrize(
    ("rule", "identifier", "title"),
    [
        ("redeem", "AML.T0091.000", "Use Alternate Authentication Material: Application Access Token"),
        ("steer", "AML.T0051.001", "LLM Prompt Injection: Indirect"),
        ("steer", "ASI01", "Agent Goal Hijack"),
        ("exfiltrate", "AML.T0086", "Exfiltration via AI Agent Tool Invocation"),
        ("leak", "NHI2:2025", "Secret Leakage"),
        ("mint", "T1098.001", "Additional Cloud Credentials"),
    ],
)
def test_the_mapping_names_what_the_lists_are_known_for(rule: str, identifier: str, title: str) -> None:
    assert (identifier, title) in [(reference.id, reference.title) for reference in standards.of(rule)]


def test_what_is_unmapped_is_said_and_nothing_is_said_to_prevent() -> None:
    table = standards.crosswalk()
    row = next(row for row in table.rows if row[0] == "mistake")
    assert row[1:3] == ("unmapped", "unmapped")
    assert "never prevents" in table.note
    assert standards.of("no-such-rule") == ()


def test_the_crosswalk_can_be_of_some_rules_and_says_unmapped_for_foreign_ones() -> None:
    assert len(standards.crosswalk().rows) == len(RELEVANT)
    rows = standards.crosswalk(["delete", "no-such-rule"]).rows
    assert rows == (
        ("delete", "T1485", "AML.T0101", "ASI02", "NHI5:2025"),
        ("no-such-rule", "unmapped", "unmapped", "unmapped", "unmapped"),
    )
