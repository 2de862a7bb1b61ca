"""The events of Claude Code (logs of OTLP): a decision and a result for each call."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.importers.recordings.recorded import EVERY, Recording, SeenCall, plain_name, tool_name

AGENT = "claude-code"
SCOPE = "com.anthropic.claude_code"
NO_NAME = "mcp_tool"
"""What stands for every tool of an MCP server where the details of tools are not recorded."""
Event = tuple[str, float | None, str, Mapping[str, Any]]


@dataclass(slots=True)
class _EventCall:
    """What the events told of one call so far."""

    server: str = ""
    tool: str = ""
    time: float | None = None
    outcome: str = "unknown"


def read_events(events: Iterable[Event], recording: Recording) -> None:
    """Put the calls that `events` tell into `recording`."""
    told: dict[tuple[str, str], _EventCall] = {}
    arguments = False
    for scope, time, name, said in sorted(events, key=lambda event: event[1] or 0.0):
        if not scope.startswith(SCOPE) or name.removeprefix("claude_code.") not in ("tool_decision", "tool_result"):
            continue
        arguments = arguments or "tool_input" in said
        key = plain_name(said.get("session.id")), plain_name(said.get("tool_use_id"))
        call = told.setdefault(key, _EventCall(time=time))
        server, tool = _named(said)
        call.server, call.tool = server or call.server, tool if call.tool in ("", NO_NAME) else call.tool
        call.outcome = _outcome(name, said, call.outcome)
    found = [_seen(thread, mark, call) for (thread, mark), call in told.items()]
    recording.add((call for call in found if call.operation), "agent")
    _untold(found, arguments, recording)


def _untold(found: Iterable[SeenCall], arguments: bool, recording: Recording) -> None:
    found = list(found)
    if any(call.operation == NO_NAME for call in found):
        recording.tell_not("names", "of the tools of MCP servers it tells no names (OTEL_LOG_TOOL_DETAILS was off)")
        for call in found:
            recording.blind[call.actor, call.thread] = (EVERY,)
    if found and not arguments:
        recording.tell_not("arguments", "they are not recorded")


def _named(said: Mapping[str, Any]) -> tuple[str, str]:
    name = plain_name(said.get("tool_name"))
    parameters = said.get("tool_parameters")
    if name == NO_NAME and isinstance(parameters, str):
        try:
            value = json.loads(parameters)
        except (ValueError, RecursionError):
            return "", name
        if isinstance(value, dict):
            server, tool = plain_name(value.get("mcp_server_name")), plain_name(value.get("mcp_tool_name"))
            return (server, tool) if tool else ("", name)
    head, _, rest = name.removeprefix("mcp__").partition("__")
    return (head, rest) if name.startswith("mcp__") and rest else ("", name)


def _outcome(name: str, said: Mapping[str, Any], before: str) -> str:
    if name.endswith("tool_decision"):
        return "denied" if said.get("decision") == "reject" else before
    if before == "denied":
        return before
    return "done" if said.get("success") in (True, "true") else "failed"


def _seen(thread: str, mark: str, call: _EventCall) -> SeenCall:
    tool = f"mcp:{tool_name(call.server)}" if call.server else "mcp" if call.tool == NO_NAME else AGENT
    return SeenCall(AGENT, tool, call.tool, thread or AGENT, call.outcome, call.time, mark=mark)
