"""What gives somebody more fails where that is asked, whether an attack gains by it or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checks.worlds import DESK, desk, grown

from simkit import QuestionError
from simkit.checks import check
from simkit.checks.elements import Element
from simkit.checks.wider import widens, wider

OF_ROLE = ("roles", "desk", "entitlements")
READ = {"operation": "crm.read"}
ONE = {"operation": "crm.read", "targets": ["cases"]}
ASKED = {"operation": "crm.read", "conditions": ["approval"]}
SPARING = {"operation": "crm.read", "except": ["ledger"]}


@pytest.mark.parametrize(
    ("where", "before", "after", "more"),
    [
        (OF_ROLE, None, READ, True),
        (OF_ROLE, READ, None, False),
        (OF_ROLE, ASKED, READ, True),
        (OF_ROLE, READ, ASKED, False),
        (OF_ROLE, ONE, READ, True),
        (OF_ROLE, READ, ONE, False),
        (OF_ROLE, SPARING, READ, True),
        (OF_ROLE, READ, SPARING, False),
        (("identities", "desk", "denies"), READ, None, True),
        (("identities", "desk", "denies"), None, READ, False),
        (("identities", "desk", "denies"), READ, ONE, True),
        (("identities", "desk", "boundary"), READ, None, False),
        (("identities", "desk", "boundary"), None, READ, False),
        (("identities", "desk", "runtime_holds"), None, "key", True),
        (("identities", "desk", "runtime_holds"), "key", None, False),
        (("identities", "desk", "roles"), None, "admin", True),
        (("trust",), None, {"from": "a", "to": "b"}, True),
        (("trust",), {"from": "a", "to": "b"}, None, False),
        (("tasks", "reply", "needs"), None, "crm.read", False),
    ],
)
def test_what_somebody_has_more_than_before_is_wider(
    where: tuple[str, ...], before: Any, after: Any, more: bool
) -> None:
    assert widens(Element(where, True, before, after)) is more


@pytest.mark.parametrize(
    ("where", "before", "after", "more"),
    [
        (("identities", "robot"), None, {}, True),
        (("identities", "robot"), {}, None, False),
        (("credentials", "key"), None, {}, True),
        (("resources", "case"), None, {}, False),
        (("identities", "desk", "boundary"), [], None, True),
        (("credentials", "key", "ttl"), 60, 3600, False),
    ],
)
def test_what_is_new_and_acts_is_wider(where: tuple[str, ...], before: Any, after: Any, more: bool) -> None:
    assert widens(Element(where, False, before, after)) is more


def test_a_new_operation_counts_with_the_entitlement_that_names_it() -> None:
    new = Element(("tools", "crm", "operations", "read"), False, None, {"effect": "read"})
    named = Element(OF_ROLE, True, None, READ)
    assert wider([new, named]) == [named]
    assert wider([new]) == [new]


def test_a_right_that_no_attack_gains_by_fails_only_where_it_is_asked(tmp_path: Path) -> None:
    """The clerk's loss reaches nothing more: to answer costs nobody anything."""
    scenario, baseline = desk(tmp_path), str(tmp_path / "b.json")
    check([scenario], baseline=baseline, update=True, trials=50, seed=0)
    desk(tmp_path, DESK.replace("{kind: human}", "{kind: human, entitlements: [{operation: crm.answer}]}"))
    assert not check([scenario], baseline=baseline).growth
    report = check([scenario], baseline=baseline, fail_on_widen=True)
    assert report.failed
    assert "1 right wider, nothing grew" in report.summary
    (found,) = report.checks[0].widened
    assert found.sentence == "WIDER: entitlement crm.answer of identity clerk added at line 6."


def test_without_a_change_nothing_is_wider(tmp_path: Path) -> None:
    scenario, baseline = desk(tmp_path), str(tmp_path / "b.json")
    check([scenario], baseline=baseline, update=True, trials=50, seed=0)
    assert not check([scenario], baseline=baseline, fail_on_widen=True).checks[0].widened
    desk(tmp_path, grown())
    (found,) = check([scenario], baseline=baseline, fail_on_widen=True).checks[0].widened
    assert found.spot.line == 25


@pytest.mark.parametrize("more", [{}, {"update": True, "baseline": "b.json"}])
def test_there_must_be_something_to_compare_with(tmp_path: Path, more: dict[str, Any]) -> None:
    with pytest.raises(QuestionError, match="something to compare with"):
        check([desk(tmp_path)], fail_on_widen=True, **more)
