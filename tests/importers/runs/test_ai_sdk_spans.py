"""Spans of the AI SDK: calls, agents, tools that were offered, and what a person decided; as ai 6.0.326 writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from simkit.importers.recordings.ai_sdk_spans import with_common_names
from simkit.importers.recordings.recorded import Recording
from simkit.importers.recordings.span_calls import read_spans
from simkit.importers.recordings.trace_span import TraceSpan

OFFERED = [json.dumps({"type": "function", "name": name, "inputSchema": {}}) for name in ("read", "mail", "unused")]


def span(number: int, parent: int, operation: str, who: str, *, failed: bool = False, **more: Any) -> TraceSpan:
    said = {
        "ai.operationId": operation,
        "ai.telemetry.functionId": who,
        "ai.telemetry.metadata.sessionId": "s1",
        **more,
    }
    up, start = str(parent) if parent else "", float(number)
    end = start + 0.5 if parent else 100.0
    names = with_common_names(said)
    return TraceSpan(str(number), up, "t", operation, "ai", "desk", start, end, failed, "", names, path="x.json")


def model(number: int, *calls: str, answers: tuple[str, ...] = (), who: str = "support", parent: int = 1) -> TraceSpan:
    asked = [{"toolCallId": f"id-{name}", "toolName": name, "input": "{}"} for name in calls]
    given = [{"role": "tool", "content": [{"type": "tool-result", "toolCallId": f"id-{name}"} for name in answers]}]
    more: dict[str, Any] = {"ai.prompt.tools": OFFERED, "ai.prompt.messages": json.dumps(given)}
    more |= {"ai.response.toolCalls": json.dumps(asked)} if calls else {}
    return span(number, parent, "ai.generateText.doGenerate", who, **more)


def tool(number: int, name: str, *, result: str | None = '"x"', failed: bool = False) -> TraceSpan:
    more = {"ai.toolCall.name": name, "ai.toolCall.id": f"id-{name}", "ai.toolCall.args": "{}"}
    more |= {"ai.toolCall.result": result} if result is not None else {}
    return span(number, 1, "ai.toolCall", "support", failed=failed, **more)


def made(*spans: TraceSpan) -> Recording:
    recording = Recording("x", "x.json", "spans")
    read_spans([span(1, 0, "ai.generateText", "support"), *spans], recording)
    return recording


def outcomes(recording: Recording) -> Mapping[str, str]:
    return {call.operation: call.outcome for call in recording.calls}


def test_calls_and_their_outcomes() -> None:
    found = made(model(2, "read", "mail"), tool(3, "read"), tool(4, "mail", result=None, failed=True), model(5))
    assert outcomes(found) == {"read": "done", "mail": "failed"}
    assert {(call.actor, call.thread) for call in found.calls} == {("support", "s1")}


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        ((), "pending"),
        ((model(6, answers=("read", "mail")),), "denied"),
        ((tool(6, "mail"), model(7, answers=("read", "mail"))), "done"),
    ],
)
def test_a_call_that_a_person_decides_about(after: tuple[TraceSpan, ...], outcome: str) -> None:
    """`needsApproval` leaves no span until somebody has said yes: the model asked for it, and went on without it."""
    assert outcomes(made(model(2, "read", "mail"), tool(3, "read"), *after)) == {"read": "done", "mail": outcome}


def test_a_tool_that_is_an_agent_hands_work_over() -> None:
    inner = [span(4, 3, "ai.streamText", "researcher"), model(5, who="researcher", parent=4)]
    found = made(model(2, "research"), tool(3, "research"), *inner, model(8))
    assert list(found.handed) == [("support", "researcher")]
    assert outcomes(found) == {}


def test_what_was_offered_and_never_used_is_there() -> None:
    found = made(model(2, "read"), tool(3, "read"), model(5))
    assert {each.operation for each in found.offered} == {"read", "mail", "unused"}


def test_spans_of_others_stay_as_they_are() -> None:
    said = {"gen_ai.operation.name": "chat", "ai.toolCall.name": "x"}
    assert with_common_names(said) is said


def test_what_is_no_json_is_nothing() -> None:
    odd = {"ai.operationId": "ai.generateText.doGenerate", "ai.response.toolCalls": "{", "ai.prompt.messages": "7"}
    assert with_common_names(odd)["gen_ai.output.messages"] == [{"parts": []}]
