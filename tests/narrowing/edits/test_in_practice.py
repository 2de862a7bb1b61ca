"""Every dial that is proposed says how it is turned, and nothing hides behind how much more there is."""

from __future__ import annotations

import pytest
from tiny_worlds import world

from simkit.narrowing import DropEntitlements, Holder, TurnDial
from simkit.narrowing.edits.in_practice import DIALS_IN_PRACTICE, in_practice, in_practice_table
from simkit.policies import DIALS

TURNED = [(name, setting) for name, dial in DIALS.items() if dial.takes for setting in dial.settings[1:]]


WORLD = """
    identities:
      bot: {kind: agent, entitlements: [{operation: crm.read}, {operation: mail.send}]}
    tools:
      crm: {operations: {read: {effect: read}}}
      mail: {operations: {send: {effect: send}}}
    entry_points: {start: {compromise: bot}}
"""


def test_each_setting_that_may_be_proposed_says_how_it_is_carried_out_and_no_other_does() -> None:
    assert set(DIALS_IN_PRACTICE) == set(TURNED)


@pytest.mark.parametrize(("dial", "setting"), TURNED)
def test_it_says_what_to_set_up_for_whom(dial: str, setting: str) -> None:
    said = in_practice(TurnDial("bot", dial, setting), world(WORLD).model)
    assert "{" not in said
    assert "bot" in said or "crm, mail" in said or "task" in said or "run" in said or "asks" in said


def test_a_gateway_stands_in_front_of_the_tools() -> None:
    said = in_practice(TurnDial("bot", "context", "checks"), world(WORLD).model)
    assert said.startswith("a gateway in front of crm, mail, or the client's own hook")


def test_a_short_name_is_told_in_full() -> None:
    grants = tuple((f"crm.read{number}", "cases") for number in range(5))
    drop = DropEntitlements(Holder("role", "support"), grants)
    assert "1 more" in drop.name
    assert in_practice(drop, world(WORLD).model) == ", ".join(f"crm.read{number} on cases" for number in range(5))
    (row,) = in_practice_table([drop], world(WORLD).model).rows
    assert row[0] == 1
