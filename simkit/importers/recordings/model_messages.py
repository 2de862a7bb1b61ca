"""Which calls a model asked for, and which answers it was given: what stands in its messages, not in tool spans."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simkit.importers.recordings.recorded import plain_name
from simkit.importers.recordings.span_facts import MOST_TEXT, given_arguments
from simkit.importers.recordings.trace_span import TraceSpan

_ASKED = re.compile(r"^llm\.output_messages\.(\d+)\.message\.tool_calls\.(\d+)\.tool_call\.function\.name$")
_ANSWERED = re.compile(r"^llm\.input_messages\.\d+\.message\.tool_call_id$")
_SDK_CALL = re.compile(
    r"^ResponseFunctionToolCall\(arguments='(.*?)', call_id='([^']{1,200})', name='([^']{1,200})'", re.DOTALL
)
_PART = re.compile(r'\{\s*"type"\s*:\s*"(?:tool_call|tool_call_response|function_approval_response)"')


@dataclass(frozen=True, slots=True)
class AskedCall:
    """A call that a model asked for."""

    id: str
    tool: str
    arguments: Any


def asked_calls(span: TraceSpan) -> Iterator[AskedCall]:
    """The calls that stand in what the model said."""
    for key, name in span.attributes.items():
        found = _ASKED.match(key) if key.startswith("llm.output_messages.") else None
        if found and isinstance(name, str):
            head = key.removesuffix("function.name")
            said = span.attributes.get(f"{head}function.arguments")
            yield AskedCall(plain_name(span.attributes.get(f"{head}id")), plain_name(name), given_arguments(said))
    for part in _parts(span, "gen_ai.output.messages"):
        if part.get("type") == "tool_call":
            said = given_arguments(part.get("arguments"))
            yield AskedCall(plain_name(part.get("id")), plain_name(part.get("name")), said)
        elif part.get("type") == "text" and isinstance(part.get("content"), str):
            found = _SDK_CALL.match(part["content"])
            if found:
                yield AskedCall(plain_name(found[2]), plain_name(found[3]), given_arguments(found[1]))


def answered_ids(span: TraceSpan) -> Iterator[str]:
    """The ids of the calls to which the model was given an answer."""
    for key, said in span.attributes.items():
        if key.startswith("llm.input_messages.") and _ANSWERED.match(key):
            yield plain_name(said)
    for part in _parts(span, "gen_ai.input.messages"):
        if part.get("type") == "tool_call_response":
            yield plain_name(part.get("id"))
        elif part.get("type") == "function_approval_response" and isinstance(part.get("function_call"), dict):
            yield plain_name(part["function_call"].get("call_id"))


def _parts(span: TraceSpan, key: str) -> Iterator[dict[str, Any]]:
    """The parts of the messages under `key`, of the span or of its events."""
    yield from _of(span.attributes.get(key))
    for _, said in span.events:
        yield from _of(said.get(key))


def _of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, str):
        text = value[:MOST_TEXT]
        if not any(word in text for word in ('"tool_call', "FunctionToolCall", "function_approval")):
            return
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            yield from _whole_parts(text)
            return
    for message in value if isinstance(value, list) else ():
        parts = message.get("parts") if isinstance(message, dict) else None
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                yield part


def _whole_parts(text: str) -> Iterator[dict[str, Any]]:
    """The parts that are whole in a text that was cut."""
    decoder = json.JSONDecoder()
    for found in _PART.finditer(text):
        try:
            value, _ = decoder.raw_decode(text, found.start())
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            yield value
