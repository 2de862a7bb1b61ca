"""Spans as OTLP JSON writes them, or the export of the OpenAI Agents SDK, in one form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.importers.recordings.ai_sdk_spans import with_common_names
from simkit.importers.recordings.recorded import plain_name, seconds_from
from simkit.scenario.moments import seconds

ERROR_CODES = frozenset({2, "2", "STATUS_CODE_ERROR", "ERROR"})
MOST_NESTED = 20
"""How deep the values of attributes are read: those of real spans have three levels."""


@dataclass(frozen=True, slots=True)
class TraceSpan:
    """A span. `start` and `end` in seconds since 1970; `failed` by its status."""

    id: str
    parent: str
    trace: str
    name: str
    scope: str
    service: str
    start: float
    end: float
    failed: bool
    status: str
    attributes: Mapping[str, Any]
    events: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    path: str = ""
    """The file in which it stands."""

    def text(self, *keys: str) -> str:
        """The first text that stands under one of `keys`; empty where there is none."""
        for key in keys:
            found = self.attributes.get(key)
            if isinstance(found, str) and found:
                return found
        return ""


def otlp_spans(value: Any, path: str = "") -> Iterator[TraceSpan]:
    """The spans in `value`, an export request of OTLP; what is not of the right kind is passed over."""
    for resource in _mappings(value, "resourceSpans"):
        service = plain_name(_attributes(resource.get("resource")).get("service.name"))
        for scope in _mappings(resource, "scopeSpans"):
            name = _scope(scope)
            for each in _mappings(scope, "spans"):
                yield _span(each, name, service, path)


def otlp_logs(value: Any) -> Iterator[tuple[str, float | None, str, Mapping[str, Any]]]:
    """The log records in `value`: scope, time, what happened, attributes."""
    for resource in _mappings(value, "resourceLogs"):
        for scope in _mappings(resource, "scopeLogs"):
            name = _scope(scope)
            for each in _mappings(scope, "logRecords"):
                attributes = _attributes(each)
                body = _value(each.get("body"))
                event = attributes.get("event.name") or each.get("eventName") or body
                yield name, seconds_from(each.get("timeUnixNano")), event if isinstance(event, str) else "", attributes


def sdk_spans(values: list[Any], path: str = "") -> Iterator[TraceSpan]:
    """The spans in an export of the OpenAI Agents SDK, with the names that OTLP has for what they say."""
    groups = {
        value.get("id"): value.get("group_id")
        for value in values
        if isinstance(value, dict) and value.get("object") == "trace" and isinstance(value.get("id"), str)
    }
    for value in values:
        if isinstance(value, dict) and value.get("object") == "trace.span":
            data = value.get("span_data")
            said = dict(_sdk_attributes(data if isinstance(data, dict) else {}, value.get("error")))
            trace = _text(value.get("trace_id"))
            group = groups.get(trace)
            if isinstance(group, str):
                said["gen_ai.conversation.id"] = group
            start = _moment(value.get("started_at"))
            yield TraceSpan(
                id=_text(value.get("id")),
                parent=_text(value.get("parent_id")),
                trace=trace,
                name=_text(data.get("name")) if isinstance(data, dict) else "",
                scope="openai.agents",
                service="",
                start=start,
                end=max(start, _moment(value.get("ended_at"))),
                failed=bool(value.get("error")),
                status="",
                attributes=said,
                path=path,
            )


def _sdk_attributes(data: Mapping[str, Any], error: Any) -> Iterator[tuple[str, Any]]:
    kind, name = data.get("type"), data.get("name")
    if kind == "agent":
        yield from (("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", name))
        yield from (("gen_ai.agent.tools", data.get("tools")), ("gen_ai.agent.handoffs", data.get("handoffs")))
    elif kind == "function":
        yield from (("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", name))
        if data.get("input") is not None:
            yield "gen_ai.tool.call.arguments", data["input"]
        if data.get("output") is not None and not error:
            yield "gen_ai.tool.call.result", data["output"]
    elif kind == "handoff":
        yield "gen_ai.operation.name", "agent_handoff"
        yield "gen_ai.handoff.from_agent", data.get("from_agent")
        yield "gen_ai.handoff.to_agent", data.get("to_agent")
    elif kind in ("response", "generation"):
        yield "gen_ai.operation.name", "chat"


def _span(each: Mapping[str, Any], scope: str, service: str, path: str) -> TraceSpan:
    status = each.get("status")
    code, message = (status.get("code"), status.get("message")) if isinstance(status, dict) else (None, None)
    start = seconds_from(each.get("startTimeUnixNano")) or 0.0
    return TraceSpan(
        id=_text(each.get("spanId")),
        parent=_text(each.get("parentSpanId")),
        trace=_text(each.get("traceId")),
        name=_text(each.get("name")),
        scope=scope,
        service=service,
        start=start,
        end=max(start, seconds_from(each.get("endTimeUnixNano")) or start),
        failed=isinstance(code, int | str) and code in ERROR_CODES,
        status=_text(message),
        attributes=with_common_names(_attributes(each)),
        events=tuple((_text(event.get("name")), _attributes(event)) for event in _mappings(each, "events")),
        path=path,
    )


def _scope(scope: Mapping[str, Any]) -> str:
    said = scope.get("scope")
    return _text(said.get("name")) if isinstance(said, dict) else ""


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _moment(value: Any) -> float:
    found = seconds(value) if isinstance(value, str) else None
    return found or 0.0


def _mappings(value: Any, key: str) -> Iterator[Mapping[str, Any]]:
    found = value.get(key) if isinstance(value, dict) else None
    if isinstance(found, list):
        for each in found:
            if isinstance(each, dict):
                yield each


def _attributes(value: Any) -> dict[str, Any]:
    """The attributes of a span, a resource or an event, each under its key."""
    found: dict[str, Any] = {}
    for each in _mappings(value, "attributes"):
        key, said = each.get("key"), each.get("value")
        if isinstance(key, str):
            if isinstance(said, dict) and len(said) == 1 and "stringValue" in said:
                found[key] = said["stringValue"]
            else:
                found[key] = _value(said)
    return found


def _value(said: Any, depth: int = 0) -> Any:
    """The value that an `AnyValue` of OTLP holds: 64-bit numbers may stand there as text."""
    if not isinstance(said, dict) or depth > MOST_NESTED:
        return None
    for kind, inner in said.items():
        if kind == "arrayValue":
            return [_value(each, depth + 1) for each in _listed(inner)]
        if kind == "kvlistValue":
            pairs = (each for each in _listed(inner) if isinstance(each, dict) and isinstance(each.get("key"), str))
            return {each["key"]: _value(each.get("value"), depth + 1) for each in pairs}
        return inner
    return None


def _listed(value: Any) -> list[Any]:
    found = value.get("values") if isinstance(value, dict) else None
    return found if isinstance(found, list) else []
