"""Which tools a span says that agents, or the models that they ask, may choose from, and to whom they may hand work."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from simkit.importers.recordings.hand_overs import agents_listed, hands_over, takers_offered
from simkit.importers.recordings.recorded import plain_name
from simkit.importers.recordings.span_facts import MOST_TEXT, tool_named
from simkit.importers.recordings.trace_span import TraceSpan

_LISTS = (
    *("gen_ai.tool.definitions", "gen_ai.agent.tools", "haystack.agent.tools", "crewai.agent.tools"),
    "smolagents.tools_names",
)
"""OpenTelemetry's conventions for generative AI, Strands Agents, Haystack, Traceloop for CrewAI, OpenInference for
smolagents."""
_BY_COMMAS = "sk.available_functions"
"""Semantic Kernel's: names, with commas between them."""
_ONE = re.compile(r"^llm\.tools\.\d+\.tool\.json_schema$")
"""OpenInference's: an attribute for each tool."""
_TAKERS = ("gen_ai.agent.handoffs", "openai.agent.handoffs")
"""The OpenAI Agents SDK's own export, as `trace_span` reads it, and Traceloop's (0.62.4 calls each of them unknown)."""
_MANAGED = re.compile(r"^smolagents\.managed_agents\.\d+\.name$")
_CREWS = ("crew_agents", "crew_tasks", "crewai.crew.agents", "crewai.crew.tasks")
"""The members of a CrewAI crew, and their tasks: OpenInference's and Traceloop's."""
_BETWEEN = re.compile(r"[\s,\[]*")


class Offer(NamedTuple):
    """The server (empty where it is not said) and the name of each tool that is offered, and whether these are all.

    `takers` are the agents to which work may be handed, an empty name among them for somebody who is not told.
    """

    tools: tuple[tuple[str, str], ...]
    whole: bool
    takers: tuple[str, ...] = ()


def offers(span: TraceSpan) -> Iterator[tuple[str, Offer]]:
    """What `span` offers, and to whom: an empty name is whoever is at work in it."""
    yield "", offer(span)
    if any(key in span.attributes for key in _CREWS):
        yield from _crew(span)


def offer(span: TraceSpan) -> Offer:
    """What `span` offers to whoever is at work in it."""
    said = span.attributes
    tools: list[tuple[str, Mapping[str, Any]]] = []
    takers: list[str] = []
    whole = True
    for key in said:
        if key in _LISTS or (key.startswith("llm.tools.") and _ONE.match(key)):
            value, complete = _value(said[key])
            tools += _described(value)
            whole = whole and complete
        elif key in _TAKERS:
            takers += agents_listed(_value(said[key])[0])
        elif key.startswith("smolagents.managed_agents.") and _MANAGED.match(key):
            takers += agents_listed([said[key]])
    tools += ((name.strip(), {}) for name in span.text(_BY_COMMAS).split(","))
    return _offered(tools, whole, takers)


def _offered(tools: list[tuple[str, Mapping[str, Any]]], whole: bool, takers: list[str]) -> Offer:
    """Ways to hand work over are no tools."""
    takers = [*takers, *(taker for name, said in tools if hands_over(name) for taker in takers_offered(name, said))]
    named = (tool_named(name) for name, _ in tools if not hands_over(name))
    return Offer(tuple(dict.fromkeys(each for each in named if each[1])), whole, tuple(dict.fromkeys(takers)))


def _crew(span: TraceSpan) -> Iterator[tuple[str, Offer]]:
    """Each member of a crew has its own tools and those of its tasks; who may delegate can hand work to any other."""
    values = [_value(span.attributes[key]) for key in _CREWS if key in span.attributes]
    lists = [(value, whole) for value, whole in values if isinstance(value, list)]
    said = [(one, whole) for value, whole in lists for one in value if isinstance(one, dict)]
    roles = dict.fromkeys(role for one, _ in said if (role := plain_name(one.get("role"))))
    for one, whole in said:
        role = plain_name(next((one[key] for key in ("role", "agent_role", "agent") if key in one), ""))
        if role in roles:
            delegates = one.get("delegation_enabled") is True or one.get("allow_delegation") is True
            others = [other for other in roles if other != role] if delegates else []
            yield role, _offered(list(_described(one.get("tools_names", one.get("tools")))), whole, others)


def _value(said: Any) -> tuple[Any, bool]:
    return _read(said) if isinstance(said, str) else (said, True)


@lru_cache(maxsize=1024)
def _read(text: str) -> tuple[Any, bool]:
    """The JSON that `text` is, and whether it is whole: of a list that was cut what is left of it. Every question to a
    model repeats the text."""
    try:
        return json.loads(text[:MOST_TEXT]), True
    except (ValueError, RecursionError):
        return list(_left_of(text[:MOST_TEXT])), False


def _left_of(text: str) -> Iterator[Any]:
    decoder, at = json.JSONDecoder(), 0
    while True:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield value


def _described(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The names of the tools in `value`, and what it says of each, in whichever of the forms that are written."""
    if isinstance(value, list):
        for one in value:
            yield from _described(one) if not isinstance(one, list) else ()
    elif isinstance(value, dict):
        inner = next((value[key] for key in ("function", "data") if isinstance(value.get(key), dict)), value)
        if isinstance(inner.get("name"), str):
            yield inner["name"], inner
    elif isinstance(value, str):
        yield value, {}
