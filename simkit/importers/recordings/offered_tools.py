"""Which tools a span says that an agent, or the model that it asks, may choose from: more than it calls."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from simkit.importers.recordings.span_facts import MOST_TEXT, hands_over, tool_named
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
_BETWEEN = re.compile(r"[\s,\[]*")


class Offer(NamedTuple):
    """The server (empty where it is not said) and the name of each tool that is offered, and whether these are all."""

    tools: tuple[tuple[str, str], ...]
    whole: bool


def offer(span: TraceSpan) -> Offer:
    """What `span` offers; ways to hand work to other agents are no tools."""
    said = span.attributes
    names: list[str] = []
    whole = True
    for key in said:
        if key not in _LISTS and not (key.startswith("llm.tools.") and _ONE.match(key)):
            continue
        value, complete = _read(said[key]) if isinstance(said[key], str) else (said[key], True)
        names += _named(value)
        whole = whole and complete
    names += (name.strip() for name in span.text(_BY_COMMAS).split(","))
    tools = (tool_named(name) for name in names)
    return Offer(tuple(dict.fromkeys(each for each in tools if each[1] and not hands_over(each[1]))), whole)


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


def _named(value: Any) -> Iterator[str]:
    """The names of the tools that `value` describes, in whichever of the forms that are written."""
    if isinstance(value, list):
        for one in value:
            yield from _named(one) if not isinstance(one, list) else ()
    elif isinstance(value, dict):
        inner = next((value[key] for key in ("function", "data") if isinstance(value.get(key), dict)), value)
        if isinstance(inner.get("name"), str):
            yield inner["name"]
    elif isinstance(value, str):
        yield value
