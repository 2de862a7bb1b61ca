"""Observed runs in the scenario file: what they say, where mistakes stand, and that old files mean what they meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from simkit.errors import ScenarioError
from simkit.model import CALL_OUTCOMES, ObservedCall, ObservedRun
from simkit.scenario import Scenario, dump, loads

HEAD = """simkit: 1
name: desk
identities: {bot: {}, payer: {}}
resources: {tickets: {}}
tools: {desk: {operations: {read: {effect: read, targets: [tickets]}, refund: {effect: write, targets: [tickets]}}}}
tasks: {answer: {identity: bot, needs: [desk.read]}}
entry_points: {taken: {compromise: bot}}
"""


def observed(text: str) -> tuple[ObservedRun, ...]:
    return loads(f"{HEAD}observed: [{text}]\n").observed


def test_a_run_of_a_task_is_written_as_ever() -> None:
    (run,) = observed("{task: answer, calls: [desk.read, desk.read]}")
    assert run == ObservedRun.of("answer", "desk.read", "desk.read")
    assert run.used == ("desk.read",)


def test_a_run_may_be_of_no_task_and_says_what_is_known_of_each_call() -> None:
    call = "{operation: desk.refund, target: tickets, time: 2026-11-02T09:30:00.25Z, outcome: denied}"
    (run,) = observed(
        f"{{identity: payer, thread: conv-42, source: spans.json, blind_to: desk.*, calls: [desk.read, {call}]}}"
    )
    refused = ObservedCall("desk.refund", "tickets", 1793611800.25, "denied")
    assert run == ObservedRun(
        calls=(ObservedCall("desk.read"), refused),
        identity="payer",
        thread="conv-42",
        source="spans.json",
        blind_to=("desk.*",),
    )


@pytest.mark.parametrize("outcome", CALL_OUTCOMES)
def test_only_what_ran_was_used_and_only_what_was_denied_was_not_wanted(outcome: str) -> None:
    (run,) = observed(f"{{calls: [{{operation: desk.read, outcome: {outcome}}}]}}")
    assert bool(run.used) is (outcome in ("done", "failed"))
    assert bool(run.perhaps_used) is (outcome in ("pending", "unknown"))
    assert bool(run.wanted) is (outcome != "denied")


def test_a_recording_shows_what_it_is_not_blind_to() -> None:
    run = ObservedRun(blind_to=("mail.*", "desk.read"))
    assert [run.would_show(name) for name in ("mail.send", "desk.read", "desk.refund")] == [False, False, True]


def scenario() -> Scenario:
    call = "{operation: desk.refund, target: tickets, time: '2026-11-02T10:30:00.000001+01:00', outcome: pending}"
    runs = ("{task: answer, calls: [], success: false}", f"{{identity: bot, calls: [{call}]}}", "{calls: []}")
    return loads(f"{HEAD}observed: [{', '.join(runs)}]\n")


def test_what_is_dumped_is_read_again() -> None:
    assert loads(dump(scenario())).observed == scenario().observed
    assert loads(dump(scenario())).digest == scenario().digest


def test_what_is_known_of_a_call_is_part_of_the_digest() -> None:
    plain = replace(scenario(), observed=(ObservedRun("answer", (ObservedCall("desk.read"),)),))
    timed = replace(plain, observed=(ObservedRun("answer", (ObservedCall("desk.read", time=1.0),)),))
    assert plain.digest != timed.digest


def test_the_digest_of_a_run_of_a_task_is_what_it_was_before_calls_said_more() -> None:
    plain = loads(f"{HEAD}observed: [{{task: answer, calls: [desk.read], success: false}}]\n")
    assert plain.digest == "3341a49279c54997113a700afcd1b3fc96821d868661447408c77f45e1a06951"


MISTAKES = {
    "{task: gone, calls: []}": (8, 19, "no task is called 'gone'"),
    "{identity: gone, calls: []}": (8, 23, "no identity is called 'gone'"),
    "{task: answer, identity: payer, calls: []}": (8, 37, "the task 'answer' is done by 'bot', this run by 'payer'"),
    "{calls: [desk.gone]}": (8, 21, "no operation is called 'desk.gone'"),
    "{calls: [{operation: desk.gone}]}": (8, 21, "no operation is called 'desk.gone'"),
    "{calls: [{operation: desk.read, target: gone}]}": (8, 52, "no target is called 'gone'"),
    "{calls: [{operation: desk.read, target: 't*'}]}": (8, 52, "'t*' is a glob"),
    "{calls: [{operation: desk.read, time: 2026-11-02}]}": (8, 50, "'2026-11-02' is not a moment"),
    "{calls: [{operation: desk.read, time: 2026-13-02T00:00:00Z}]}": (8, 50, "is not a moment"),
    "{calls: [{operation: desk.read, time: 3}]}": (8, 50, "3 is not a moment"),
    "{calls: [{operation: desk.read, outcome: ok}]}": (8, 53, "'ok' is not possible here"),
    "{calls: [{target: tickets}]}": (8, 21, "operation"),
    "{calls: [], blind_to: [mail.*]}": (8, 35, "no operation is called 'mail.*'"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_each_mistake_is_named_where_it_stands(text: str) -> None:
    line, column, said = MISTAKES[text]
    with pytest.raises(ScenarioError) as caught:
        observed(text)
    (problem,) = caught.value.problems
    assert (problem.line, problem.column) == (line, column), problem
    assert said in problem.message


def test_a_scenario_made_in_memory_is_held_to_the_same() -> None:
    odd = ObservedRun("answer", (ObservedCall("desk.read", outcome="perhaps"),))
    with pytest.raises(ScenarioError, match="no outcome is called 'perhaps'"):
        replace(scenario(), observed=(odd,))
