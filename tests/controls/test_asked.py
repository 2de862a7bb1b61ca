"""Every control is pinned, every list is whole, and every measure is used; nothing is claimed."""

from __future__ import annotations

import re

import pytest

from simkit.controls import ASKED, ASSESSORS
from simkit.controls.asked import MACHINES_LEFT_OUT
from simkit.standards import frameworks
from simkit.standards.frameworks import CONTROL_LISTS

SHAPES = {
    "OWASP Agentic Top 10": r"ASI(0[1-9]|10)",
    "OWASP NHI Top 10": r"NHI([1-9]|10):2025",
    "CSA MAESTRO": r"L[1-7]|Cross-Layer",
    "NIST AI RMF": r"(GOVERN|MAP|MEASURE|MANAGE) \d\.\d",
    "NIST CSF": r"(PR\.AA|DE\.CM|RS\.MI)-0\d",
    "MITRE ATLAS mitigations": r"AML\.M00\d\d",
    "NIST SP 800-63": r"IAL, AAL, FAL",
}


@pytest.mark.parametrize("name", CONTROL_LISTS)
def test_every_control_of_every_list_stands_once_and_in_order(name: str) -> None:
    asked = [entry.id for entry in ASKED if entry.list == name]
    assert asked == list(CONTROL_LISTS[name].titles)
    assert all(re.fullmatch(SHAPES[name], identifier) for identifier in asked)


def test_versions_are_pinned() -> None:
    assert {name: entry.version for name, entry in CONTROL_LISTS.items()} == {
        "OWASP Agentic Top 10": "2026",
        "OWASP NHI Top 10": "2025",
        "CSA MAESTRO": "2025-02-06",
        "NIST AI RMF": "1.0",
        "NIST CSF": "2.0",
        "MITRE ATLAS mitigations": "5.6.0 (2026-05-05)",
        "NIST SP 800-63": "4 (final, 2025-07-31)",
    }


def test_every_new_list_says_where_it_was_read() -> None:
    text = " ".join((frameworks.__doc__ or "").split())
    for entry in (
        frameworks.CSF,
        frameworks.AI_RMF,
        frameworks.MAESTRO,
        frameworks.ATLAS_MITIGATIONS,
        frameworks.DIGITAL_IDENTITY,
    ):
        assert f"**{entry.name}**" in text
        assert f"grade {entry.grade}" in text.split(f"**{entry.name}**")[1].split("- **")[0]
        assert entry.source in text


def test_whole_categories_of_the_csf_are_listed() -> None:
    counted = [identifier.rpartition("-")[0] for identifier in frameworks.CSF.titles]
    assert {category: counted.count(category) for category in counted} == {"PR.AA": 6, "DE.CM": 5, "RS.MI": 2}


def test_every_measure_is_used_and_every_use_has_one() -> None:
    assert {entry.measure for entry in ASKED} - {""} == set(ASSESSORS)


def test_nothing_is_said_to_comply_or_to_prevent() -> None:
    words = " ".join(f"{entry.asks} {entry.carrier}" for entry in ASKED).lower()
    assert not re.search(r"complian|complies|prevent|satisf|guarantee", words)


def test_the_digital_identity_guidelines_are_said_to_leave_machines_out() -> None:
    (entry,) = [entry for entry in ASKED if entry.list == "NIST SP 800-63"]
    assert entry.measure == ""
    assert entry.carrier == MACHINES_LEFT_OUT
    assert "leaves machine identities out" in entry.carrier
