"""Where a path is cut, and which part of a change is about a step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from checks.worlds import desk, grown

from simkit.attackgraph import Ground
from simkit.checks import check
from simkit.checks.cuts import distinct, is_about
from simkit.checks.elements import MISSING, Element

WHERE = {"trust edge": ("trust",), "entitlement": ("roles", "desk", "entitlements")}
EDGE = {"from": "ci", "to": "prod"}
GLOB = {"operation": "crm.*", "targets": ["case-*"]}


@pytest.mark.parametrize(
    ("kind", "item", "ground", "about"),
    [
        ("trust edge", EDGE, Ground("trust", ("ci", "assume", "prod")), True),
        ("trust edge", EDGE, Ground("trust", ("ci", "assume", "test")), False),
        ("trust edge", {**EDGE, "kind": "delegate"}, Ground("trust", ("ci", "assume", "prod")), False),
        ("entitlement", GLOB, Ground("entitlement", ("desk", "crm.read", "case-eu")), True),
        ("entitlement", GLOB, Ground("entitlement", ("desk", "crm.read", "ledger")), False),
        ("entitlement", GLOB, Ground("entitlement", ("desk", "mail.send", "case-eu")), False),
        ("entitlement", {"operation": "crm.read"}, Ground("entitlement", ("desk", "crm.read", "ledger")), True),
        ("trust edge", EDGE, Ground("entitlement", ("ci", "crm.read", "ledger")), False),
    ],
)
def test_a_part_is_about_what_it_names(kind: str, item: dict[str, object], ground: Ground, about: bool) -> None:
    element = Element(WHERE[kind], True, MISSING, item)
    assert element.kind == kind
    assert is_about(element, ground) is about


def test_without_a_change_to_blame_a_path_is_cut_where_most_paths_pass(tmp_path: Path) -> None:
    """Both losses need the key; each needs an entitlement of its own."""
    bound = "books-stay-closed: {measure: books-leaked, at_most: 5%}"
    text = grown().replace(bound, "little: {measure: value-lost, at_most: 1, entry_point: leaked-key}")
    report = check([desk(tmp_path, text)], trials=200, seed=0)
    assert len(report.paths) == 2
    assert {path.what for path in report.paths} == {"credential desk-key"}


def test_a_path_that_one_finding_is_sure_of_is_sure(tmp_path: Path) -> None:
    report = check([desk(tmp_path, grown())], trials=200, seed=0)
    sure = report.paths[0]
    unsure = replace(sure, sure=False, reasons=("perhaps",))
    (joined,) = distinct([unsure, sure])
    assert (joined.sure, joined.reasons) == (True, (*sure.reasons, "perhaps"))
