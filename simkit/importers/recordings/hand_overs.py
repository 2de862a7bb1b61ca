"""How agents hand work to each other: which tools of frameworks do it, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from simkit.importers.recordings.recorded import plain_name
from simkit.importers.recordings.span_facts import NOT_CALLS, arguments, called_tool, is_call, parsed
from simkit.importers.recordings.trace_span import TraceSpan

_NAMED = re.compile(r"^(?:Handoff-)?(?:transfer|handoff)_to_(?!user$)(.+)$")
"""Names that say to whom: of the OpenAI Agents SDK, LangGraph, AutoGen, Semantic Kernel, Microsoft's Agent Framework.
What Strands Agents calls `handoff_to_user` asks a person."""
_NAMELESS = frozenset(
    {
        *("handoff", "transfer_to_agent", "handoff_to_agent", "delegate_work_to_coworker", "ask_question_to_coworker"),
        *("delegate_task_to_member", "delegate_task_to_members"),
    }
)
"""Names that do not: of LlamaIndex, Google's ADK, Strands Agents, CrewAI (two), Agno (two)."""
_TO_WHOM = ("to_agent", "agent_name", "coworker", "member_id")
"""Arguments of these that say it."""
_COWORKERS = re.compile(r"one of the following coworkers: ([^\n]+)")
_AVAILABLE = "available agents:"
"""What CrewAI and LlamaIndex write in the description."""


def spelled(name: str) -> str:
    """`name` as frameworks write it into the name of a tool, or as an id: in lower case, with a line between words.

    >>> spelled("Billing Agent"), spelled("billing-agent")
    ('billing_agent', 'billing_agent')
    """
    return re.sub(r"[\W_]+", "_", name.lower()).strip("_")


def hands_over(tool: str) -> bool:
    """True if `tool` is how a framework lets an agent hand work to another one."""
    return spelled(tool) in _NAMELESS or _NAMED.match(tool) is not None


def taker_named(tool: str, given: Any = None) -> str | None:
    """To whom a call of `tool` with the arguments `given` hands work: empty where it does not say, None for nobody."""
    if not hands_over(tool):
        return None
    told = (given.get(key) for key in _TO_WHOM) if isinstance(given, Mapping) else ()
    found = next((plain_name(each) for each in told if isinstance(each, str)), "")
    named = _NAMED.match(tool) if spelled(tool) not in _NAMELESS else None
    return found or (plain_name(named[1]) if named else "")


def takers_offered(tool: str, described: Mapping[str, Any]) -> list[str]:
    """To whom `tool`, which hands work over, can hand it by its description; one empty name where it does not say."""
    named = taker_named(tool)
    return [named] if named else [plain_name(name) for name in _choices(described)] or [""]


def _choices(described: Mapping[str, Any]) -> Iterator[str]:
    schema: Mapping[str, Any] = next(
        (described[key] for key in ("parameters", "inputSchema") if isinstance(described.get(key), dict)), {}
    )
    schema = schema["json"] if isinstance(schema.get("json"), dict) else schema
    asked = schema.get("properties")
    for about in (asked.get(key) for key in _TO_WHOM) if isinstance(asked, dict) else ():
        if isinstance(about, dict) and isinstance(about.get("enum"), list):
            yield from (each for each in about["enum"] if isinstance(each, str))
    text = described.get("description")
    if isinstance(text, str):
        listed = _COWORKERS.search(text)
        yield from listed[1].split(", ") if listed else ()
        after = text.partition(_AVAILABLE)[2]
        agents = parsed(after[: after.rfind("}") + 1])
        yield from (each for each in agents if isinstance(each, str)) if isinstance(agents, dict) else ()


def agents_listed(value: Any) -> list[str]:
    """The agents that `value` lists, by their names or described; an empty name for one that is not told."""
    names = (each.get("name") if isinstance(each, dict) else each for each in value) if isinstance(value, list) else ()
    return [plain_name(name) if name not in NOT_CALLS else "" for name in names if isinstance(name, str)]


def handed_to(span: TraceSpan) -> str | None:
    """To whom `span` hands work: an agent, empty where it does not say; None where it hands over none."""
    said = span.attributes
    if said.get("gen_ai.operation.name") in ("agent_handoff", "handoff"):
        return plain_name(said.get("gen_ai.handoff.to_agent"))
    if not is_call(span):
        return None
    _, name = called_tool(span)
    return taker_named(name, arguments(span)) if hands_over(name) else None
