"""Spans of the AI SDK (npm `ai`, versions 4 to 6), with the names that OpenTelemetry has for what they say.

Source: spans that ai 6.0.326 wrote, and its page on telemetry. Version 7 writes OpenTelemetry's own names.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

_NAMES = {
    "ai.toolCall.name": "gen_ai.tool.name",
    "ai.toolCall.id": "gen_ai.tool.call.id",
    "ai.toolCall.args": "gen_ai.tool.call.arguments",
    "ai.toolCall.result": "gen_ai.tool.call.result",
}
_THREADS = tuple(f"ai.telemetry.metadata.{each}" for each in ("sessionId", "threadId", "conversationId", "chatId"))
"""What programs call a conversation where they say of which a piece of work is a part: the SDK has no word for it."""
_MODEL = (".doGenerate", ".doStream")


def with_common_names(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The attributes of a span, and where the AI SDK wrote it, what they say by OpenTelemetry's names.

    An agent is what a program calls the work, its `functionId`.
    """
    operation = said.get("ai.operationId")
    return {**said, **dict(_common(operation, said))} if isinstance(operation, str) else said


def _common(operation: str, said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    thread = next((said[key] for key in _THREADS if isinstance(said.get(key), str)), None)
    if thread is not None:
        yield "gen_ai.conversation.id", thread
    if operation == "ai.toolCall":
        yield "gen_ai.operation.name", "execute_tool"
        yield from ((name, said[key]) for key, name in _NAMES.items() if key in said)
    elif operation.endswith(_MODEL):
        yield "gen_ai.operation.name", "chat"
        yield "gen_ai.tool.definitions", [_parsed(each) for each in _listed(said.get("ai.prompt.tools"))]
        yield "gen_ai.output.messages", _message(map(_asked, _listed(_parsed(said.get("ai.response.toolCalls")))))
        yield "gen_ai.input.messages", _message(_answers(_parsed(said.get("ai.prompt.messages"))))
    elif said.get("ai.telemetry.functionId"):
        yield "gen_ai.operation.name", "invoke_agent"
        yield "gen_ai.agent.name", said["ai.telemetry.functionId"]


def _message(parts: Iterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"parts": list(parts)}]


def _asked(call: Any) -> dict[str, Any]:
    found = call if isinstance(call, dict) else {}
    arguments = found.get("input", found.get("args"))
    return {"type": "tool_call", "id": found.get("toolCallId"), "name": found.get("toolName"), "arguments": arguments}


def _answers(messages: Any) -> Iterator[dict[str, Any]]:
    for message in _listed(messages):
        for part in _listed(message.get("content") if isinstance(message, dict) else None):
            if isinstance(part, dict) and part.get("type") == "tool-result":
                yield {"type": "tool_call_response", "id": part.get("toolCallId")}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _parsed(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        return None
