"""A call a line, as anybody can write them: `{"identity": "bot", "operation": "crm.read", "outcome": "denied"}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simkit.importers.recordings.log_times import moment_in
from simkit.importers.recordings.recorded import Recording, SeenCall, plain_name, tool_name
from simkit.model import CALL_OUTCOMES, EFFECTS

WHO = ("identity", "agent", "actor", "user")
WHEN = ("time", "timestamp")
WHICH = ("thread", "session", "conversation", "run")
KEYS = frozenset({*WHO, *WHEN, *WHICH, "operation", "tool", "target", "outcome", "effect"})
TOOL = "tools"
PAUSE = 1800.0
"""Without a thread, calls of one identity half an hour apart are taken to be two pieces of work (our assumption)."""


def is_call_line(value: Any) -> bool:
    """True if `value` names an operation, and who called it or when."""
    return isinstance(value, dict) and isinstance(value.get("operation"), str) and bool({*WHO, *WHEN} & value.keys())


def read_call_lines(values: list[Any], recording: Recording) -> None:
    """Put the calls in `values` into `recording`; keys that nobody knows are told once."""
    recording.pause = PAUSE
    for value in values:
        if not is_call_line(value):
            recording.tell_not("lines", "some lines name no operation, or neither who called it nor when")
            continue
        for key in value.keys() - KEYS:
            recording.tell_not(f"key {plain_name(key)}", "it is none of those that are read")
        call = _call(value, recording)
        if call.operation:
            recording.add((call,), "service")
    if not any(call.outcome == "denied" for call in recording.calls):
        recording.tell_not("denials", "no call in it was denied: perhaps only what was done is written down")


def _call(value: Mapping[str, Any], recording: Recording) -> SeenCall:
    actor = next((plain_name(value[key]) for key in WHO if plain_name(value.get(key))), "")
    tool, _, operation = value["operation"].rpartition(".")
    said = value.get("tool")
    tool = said if isinstance(said, str) and said else tool
    outcome = value.get("outcome", "done")
    if outcome not in CALL_OUTCOMES:
        recording.tell_not("outcomes", f"some are none of {', '.join(CALL_OUTCOMES)}: these are taken to be unknown")
        outcome = "unknown"
    effect = value.get("effect", "")
    return SeenCall(
        actor=actor,
        tool=tool_name(tool) or TOOL,
        operation=plain_name(operation),
        thread=next((plain_name(value[key]) for key in WHICH if plain_name(value.get(key))), actor),
        outcome=outcome,
        time=next((moment_in(value[key]) for key in WHEN if key in value), None),
        target=plain_name(value.get("target")),
        effect=effect if effect in EFFECTS else "",
        mark=value["operation"],
    )
