"""Evidence is what the simulation says, number for number, and where it says nothing that is listed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ablation.two_dials import two_dials

import simkit
from simkit import GrantPolicy, QuestionError
from simkit.controls import Evidence, evidence

ROOT = Path(__file__).parents[2]
STARTER = ROOT / "scenarios" / "starter.yaml"


@pytest.fixture(scope="module")
def leaked() -> Evidence:
    """A leaked key that reads cases (4) and notes (2), of which the one task needs notes; nothing raises an alert."""
    return evidence(two_dials(), trials=50)


def test_least_privilege_is_the_scope_dial_with_its_interval(leaked: Evidence) -> None:
    row = leaked["PR.AA-05"]
    assert (row.asked.reference.version, row.asked.carrier) == ("2.0", "scope dial")
    scope = row.measured.numbers["scope"]
    assert isinstance(scope, dict)
    estimates = {name: scope[name]["estimate"] for name in ("before", "after", "saved")}
    assert estimates == {"before": 6.0, "after": 2.0, "saved": 4.0}
    assert row.measured.text == (
        "1 of 2 grants unneeded (0 writes; evidence: none); scope role to task: "
        "mean value lost 6 [6, 6] to 2 [2, 2], saved 4 [4, 4]"
    )


def test_a_control_without_evidence_is_listed_with_the_reason(leaked: Evidence) -> None:
    why = {row.asked.id: row.measured.text for row in leaked.missing()}
    assert why["RS.MI-01"].startswith("no attack was contained under any response")
    assert why["ASI01"] == "no entry point is a poisoned input"
    assert why["ASI10"] == "no entry point is a mistake of an agent"
    assert why["NHI1:2025"] == "no identity is in the stage of retirement"
    assert why["PR.AA-06"] == "networks and buildings are outside a simulation of grants"
    assert "leaves machine identities out" in why["IAL, AAL, FAL"]
    assert len(leaked.found()) + len(leaked.missing()) == len(leaked.rows)


def test_a_dial_at_its_strongest_is_measured_by_turning_it_back() -> None:
    strong = evidence(two_dials(), GrantPolicy("bound", scope="task", binding="sender-constrained"), trials=20)
    assert strong["NHI4:2025"].measured.text == (
        "binding stands at sender-constrained already; turned back: "
        "binding sender-constrained to bearer: mean value lost 0 [0, 0] to 2 [2, 2], saved -2 [-2, -2]"
    )


def test_the_response_is_measured_in_time_to_containment() -> None:
    found = evidence(simkit.load(STARTER), entry_points="leaked-ci-secret", trials=100)
    row = found["RS.MI-01"]
    assert re.match(r"contained in force: [\d.]+ % \[.*\], median after ", row.measured.text)
    result = simkit.simulate(simkit.load(STARTER), entry_point="leaked-ci-secret", trials=100)
    assert row.measured.numbers["in_force"] == result.contained().to_dict()
    magnitude = found["MAP 5.1"].measured.numbers
    assert magnitude["loss"] == result.value_lost().to_dict()
    assert magnitude["worst_case"] == result.worst_case.value


def test_measures_by_kind_look_at_entry_points_of_that_kind_only() -> None:
    found = evidence(simkit.load(STARTER), trials=60)
    assert found["NHI2:2025"].measured.numbers["entry_points"] == ["leaked-ci-secret", "leftover-credential"]
    assert found["ASI01"].measured.numbers["entry_points"] == ["poisoned-ticket"]
    assert found["NHI1:2025"].measured.numbers["retired"] == ["old-chatbot"]
    alone = simkit.simulate(simkit.load(STARTER), entry_point="poisoned-ticket", trials=60)
    assert found["ASI01"].measured.numbers["loss"] == alone.value_lost().to_dict()


def test_frameworks_can_be_chosen_and_unknown_ones_are_refused() -> None:
    found = evidence(two_dials(), frameworks=["NIST CSF"], trials=5)
    assert len(found.rows) == len(evidence(two_dials(), frameworks="NIST CSF", trials=5).rows) == 13
    assert "NIST SP 800-63" not in found.summary
    with pytest.raises(QuestionError, match="no framework is called 'NIST CFS': did you mean NIST CSF"):
        evidence(two_dials(), frameworks=["NIST CFS"])
    with pytest.raises(QuestionError, match=r"did you mean PR\.AA-05"):
        found["PR.AA-5"]


def test_the_tables_and_the_data_say_relevant_to_and_never_more(leaked: Evidence) -> None:
    *tables, missing = leaked.tables()
    assert sum(len(table.rows) for table in tables) == len(leaked.table().rows) == len(leaked.found())
    assert len(leaked.found()) + len(missing.rows) == len(leaked.rows)
    assert "NIST CSF 2.0" in [table.title for table in tables]
    assert "Relevant to, no more" in tables[-1].note
    text = json.dumps(leaked.to_dict()) + leaked.table().text() + missing.text() + leaked.summary
    assert not re.search(r"\b(compliant|complies|prevents)\b", text.lower())
    assert "leaves machine identities out" in leaked.summary
    assert repr(leaked).endswith("controls have some; two-dials, rbac)")
    assert leaked._repr_html_().count("<table") == len(tables) + 1
