"""What an identity could do and did, on a desk whose one token leaks."""

from __future__ import annotations

import pytest

from simkit.errors import QuestionError
from simkit.record import Record, explain
from simkit.record.header import clock
from simkit.scenario import loads
from simkit.simulation import replay

WORLD = """\
simkit: 1
name: help-desk
horizon: 1d
identities:
  desk: {kind: agent, roles: [desk]}
  other: {kind: service}
  boss: {kind: human}
resources:
  cases: {value: {confidentiality: 10}}
  ledger: {value: {integrity: 10}}
tools:
  crm:
    operations:
      read: {effect: read, targets: [cases], duration: 10s}
      slow: {effect: read, targets: [cases], duration: 2h}
      never: {effect: write, targets: [cases], chance: 0}
      rare: {effect: write, targets: [cases], chance: 0.000001}
  iam:
    operations:
      widen: {effect: grant, targets: [desk], role: billing, duration: 1m}
  pay:
    operations:
      refund: {effect: write, targets: [ledger], duration: 1m}
credentials:
  desk-key: {identity: desk, ttl: 1h}
roles:
  desk: {entitlements: [{operation: crm.*}, {operation: iam.widen}]}
  billing: {entitlements: [{operation: pay.refund}]}
entry_points:
  leaked-key: {leak: desk-key, delay: 10m}
goals:
  leaked: {lost: [{resource: cases, impact: confidentiality}]}
"""
MINUTE = 60_000


@pytest.fixture(scope="module")
def record() -> Record:
    return replay(loads(WORLD, "world.yaml"), "rbac", trial=3)


def test_before_the_first_use_it_had_nothing_and_did_nothing(record: Record) -> None:
    found = explain(record, 10 * MINUTE - 1, "desk")
    assert (found.live, found.activities) == ((), ())
    assert found.summary.startswith(
        "00:09:59.999 after the start, no session of desk was in the attack's hands. By then"
    )


def test_the_live_session_may_do_what_the_role_allows(record: Record) -> None:
    (session,) = explain(record, 10 * MINUTE, "desk").live
    assert (session.name, session.mode, session.since) == ("desk", "replays", 10 * MINUTE)
    assert session.may == (
        "crm.never(cases)",
        "crm.rare(cases)",
        "crm.read(cases)",
        "crm.slow(cases)",
        "iam.widen(desk)",
    )
    assert session.until is not None
    assert session.until < 60 * MINUTE


def test_a_grant_widens_the_live_session(record: Record) -> None:
    before, after = explain(record, 11 * MINUTE - 1, "desk"), explain(record, 11 * MINUTE, "desk")
    assert "pay.refund(ledger)" not in before.live[0].may
    assert "pay.refund(ledger)" in after.live[0].may
    done = explain(record, 12 * MINUTE, "desk").activities
    refund = next(each for each in done if "pay.refund" in each.what)
    assert refund.why == "entitled by what was granted during the attack"


def test_executed_and_attempted_stand_apart(record: Record) -> None:
    found = explain(record, 24 * 60 * MINUTE, "desk")
    done = [each.what for each in found.activities if each.executed]
    assert done == ["use desk-key as desk", "crm.read cases", "iam.widen desk", "pay.refund ledger"]
    tried = {each.what: (each.outcome, each.decision, each.why) for each in found.activities if not each.executed}
    assert tried == {
        "crm.rare cases": ("failed", "allowed", "it was allowed, but did not work"),
        "crm.slow cases": ("cut short", "denied", "it was under way when replays(desk) ended"),
    }
    assert found.live == ()
    assert "executed 4 actions; 2 more were attempted in vain" in found.summary


def test_whom_the_attack_never_touched_did_nothing(record: Record) -> None:
    found = explain(record, 24 * 60 * MINUTE, "boss")
    assert (found.live, found.activities) == ((), ())
    assert [table.rows for table in found.tables()] == [()] * 4


def test_plain_data_counts_in_seconds(record: Record) -> None:
    data = explain(record, 15 * MINUTE, "desk").to_dict()
    assert (data["at"], data["identity"], data["record"]["trial"]) == (900.0, "desk", 3)
    assert data["sessions"][0]["since"] == 600.0
    assert {activity["outcome"] for activity in data["attempted"]} == {"failed"}
    assert {activity["outcome"] for activity in data["executed"]} == {"executed"}


def test_unknown_identities_and_moments_are_refused(record: Record) -> None:
    with pytest.raises(QuestionError, match="help-desk has no identity called 'dsk': did you mean desk"):
        explain(record, 0, "dsk")
    with pytest.raises(QuestionError, match="2d 00:00:00 is not within the log: choose a moment up to 1d 00:00:00"):
        explain(record, 48 * 60 * MINUTE, "desk")


@pytest.mark.parametrize(("at", "says"), [(0, "00:00:00"), (1, "00:00:00.001"), (None, "the horizon")])
def test_a_clock_reads_as_people_do(at: int | None, says: str) -> None:
    assert clock(at) == says
