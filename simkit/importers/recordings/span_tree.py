"""Spans as a tree: who is at work in each, and which of them tell one attempt to call a tool."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from simkit.importers.recordings.hand_overs import handed_to, spelled
from simkit.importers.recordings.model_messages import AskedCall, asked_calls
from simkit.importers.recordings.recorded import plain_name
from simkit.importers.recordings.span_facts import (
    NOT_CALLS,
    agent_named,
    arguments,
    called_tool,
    decided,
    is_agent,
    is_call,
    is_model,
    result,
    stated_agent,
)
from simkit.importers.recordings.trace_span import TraceSpan

Key = tuple[str, str]
"""Trace and id of a span."""


@dataclass(slots=True, eq=False)
class CallAttempt:
    """One go at one call, told by one span or by several inside each other."""

    span: TraceSpan
    agent: str
    server: str
    tool: str
    names: set[str]
    id: str
    arguments: Any
    spans: list[TraceSpan]
    handed: str | None = None
    """To whom it hands work, empty for somebody without a name; None for a plain call."""
    asked: Ask | None = None

    @property
    def start(self) -> float:
        """When it began."""
        return self.span.start

    @property
    def end(self) -> float:
        """When it ended."""
        return self.span.end

    @property
    def has_result(self) -> bool:
        """True if one of its spans holds what came back."""
        return any(result(span) is not None for span in self.spans)


@dataclass(slots=True, eq=False)
class Ask:
    """A call that a model asked for, and the goes at it."""

    span: TraceSpan
    agent: str
    call: AskedCall
    attempts: list[CallAttempt] = field(default_factory=list)


class SpanTree:
    """All spans of some recordings, in the order of their beginnings."""

    def __init__(self, spans: Iterable[TraceSpan]) -> None:
        self.spans = sorted(spans, key=lambda span: (span.start, -span.end, span.trace, span.id))
        self._by_key: dict[Key, TraceSpan] = {(span.trace, span.id): span for span in self.spans}
        self._around: dict[Key, str | None] = {}
        self._spelled = _by_spelling(agent_named(span) for span in self.spans)
        self._stated = self._all_stated()
        self._attempt_of: dict[Key, CallAttempt] = {}
        self.handed: dict[tuple[str, str], None] = {}
        self.agents: dict[tuple[str, str], TraceSpan] = {}
        """(agent, trace): the first span in which it runs."""
        self.unnamed = False
        self.lost_handover = False
        self.cut: set[str] = set()
        """Traces of which a part is not here."""
        self.attempts = list(self._attempts())
        self.with_results = {each.span.scope for each in self.attempts if each.has_result}
        """Scopes that record what comes back: a call without that is not at its end."""
        self.asks = list(self._asks())

    def parent(self, span: TraceSpan) -> TraceSpan | None:
        """The span around `span`, if it is here."""
        return self._by_key.get((span.trace, span.parent)) if span.parent else None

    def ancestors(self, span: TraceSpan) -> Iterator[TraceSpan]:
        """What is around `span`, inside out; a circle ends it."""
        seen = {span.id}
        found = self.parent(span)
        while found is not None and found.id not in seen:
            yield found
            seen.add(found.id)
            found = self.parent(found)

    def agent(self, span: TraceSpan) -> str:
        """Who is at work in `span`: what it names itself, else what is around it; empty where nobody knows."""
        return agent_named(span) or self._agent_around(span)

    def _agent_around(self, span: TraceSpan) -> str:
        passed: list[Key] = []
        found: str | None = None
        for each in self.ancestors(span):
            key = (each.trace, each.id)
            if key in self._around:
                found = self._around[key]
                break
            passed.append(key)
            found = self._names(each)
            if found is not None:
                break
        for key in passed:
            self._around[key] = found
        return found if found is not None else self._last_stated(span)

    def _names(self, span: TraceSpan) -> str | None:
        """The agent of what is inside `span`; empty for one without a name, None where `span` says nothing of it."""
        handed = self._handed(span) if is_call(span) else None
        if handed:
            return handed
        named = agent_named(span)
        return named or ("" if is_agent(span) else None)

    def known(self, name: str) -> str:
        """The agent that `name` means, which may be spelled as in the name of a tool; `name` itself where none does."""
        same = self._spelled.get(spelled(name), [])
        return same[0] if len(same) == 1 else name

    def _handed(self, span: TraceSpan) -> str | None:
        found = handed_to(span)
        return self.known(found) if found else found

    def _all_stated(self) -> dict[str, tuple[list[float], list[str]]]:
        found: dict[str, tuple[list[float], list[str]]] = {}
        for span in self.spans:
            name = stated_agent(span)
            if name:
                times, names = found.setdefault(span.trace, ([], []))
                # what a step gives back holds from its end on
                times.append(span.start if span.name.endswith("setup_agent") else span.end)
                names.append(name)
        for trace, (times, names) in found.items():
            order = sorted(range(len(times)), key=times.__getitem__)
            found[trace] = [times[at] for at in order], [names[at] for at in order]
        return found

    def _last_stated(self, span: TraceSpan) -> str:
        times, names = self._stated.get(span.trace, ([], []))
        at = bisect_right(times, span.start)
        return names[at - 1] if at else ""

    def _attempts(self) -> Iterator[CallAttempt]:
        for span in self.spans:
            if span.parent and (span.trace, span.parent) not in self._by_key:
                self.cut.add(span.trace)
            if is_agent(span) or self._is_entered(span):
                self._enter(span)
            handed = self._handed(span)
            if handed is not None and not is_call(span):
                self._hand(span.text("gen_ai.handoff.from_agent") or self.agent(span), handed)
            elif is_call(span):
                yield from self._call(span, handed)
            else:
                yield from self._beside(span)

    def _is_entered(self, span: TraceSpan) -> bool:
        """True if a step of another agent than the caller begins right inside of a call."""
        around = self._attempt_of.get((span.trace, span.parent)) if span.parent else None
        return around is not None and not is_call(span) and agent_named(span) not in ("", around.agent)

    def _enter(self, span: TraceSpan) -> None:
        """An agent begins: what it is inside of hands work to it."""
        agent = agent_named(span)
        if agent:
            self.agents.setdefault((agent, span.trace), span)
        else:
            self.unnamed = True
        for each in self.ancestors(span):
            attempt = self._attempt_of.get((each.trace, each.id))
            if attempt is not None:
                attempt.handed = attempt.handed or agent
                self._hand(attempt.agent, agent)
                return
            if is_agent(each):
                self._hand(agent_named(each), agent)
                return

    def _hand(self, giver: str, taker: str) -> None:
        giver, taker = plain_name(giver), plain_name(taker)
        self.lost_handover = self.lost_handover or not taker
        if giver and taker and giver != taker:
            self.handed[giver, taker] = None

    def _call(self, span: TraceSpan, handed: str | None) -> Iterator[CallAttempt]:
        server, tool = called_tool(span)
        if not tool:
            return
        outer = self._outer_call(span)
        if outer is not None and _is_same(outer, tool, span):
            outer.spans.append(span)
            outer.names.add(tool)
            outer.tool, outer.server = tool, server or outer.server
            outer.id = outer.id or _call_id(span)
            outer.arguments = outer.arguments if outer.arguments is not None else arguments(span)
            self._attempt_of[span.trace, span.id] = outer
            return
        made = CallAttempt(
            span, self.agent(span), server, tool, {tool}, _call_id(span), arguments(span), [span], handed
        )
        self._attempt_of[span.trace, span.id] = made
        if handed is not None:
            self._hand(made.agent, handed)
        yield made

    def _outer_call(self, span: TraceSpan) -> CallAttempt | None:
        """The attempt that `span` is inside of, with no other agent between."""
        for each in self.ancestors(span):
            if is_agent(each):
                return None
            found = self._attempt_of.get((each.trace, each.id))
            if found is not None:
                return found
        return None

    def _beside(self, span: TraceSpan) -> Iterator[CallAttempt]:
        """What a span tells of a call that is around it, or that somebody decided against before it began."""
        if not decided(span) and "success" not in span.attributes:
            return
        parent = self.parent(span)
        around = self._attempt_of.get((span.trace, span.parent)) if parent is not None else None
        if around is not None:
            around.spans.append(span)
        elif decided(span) and span.text("haystack.tool.name"):
            server, tool = called_tool(span)
            if tool and decided(span) == "reject":
                yield CallAttempt(span, self.agent(span), server, tool, {tool}, _call_id(span), None, [span])

    def _asks(self) -> Iterator[Ask]:
        agents = {agent for agent, _ in self.agents}
        seen: set[tuple[str, str]] = set()
        for span in self.spans:
            if not is_model(span):
                continue
            for call in asked_calls(span):
                known = bool(call.id) and (span.trace, call.id) in seen
                seen.add((span.trace, call.id))
                if not known and call.tool and call.tool not in NOT_CALLS and call.tool not in agents:
                    yield Ask(span, self.agent(span), call)


def _by_spelling(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for name in names if name):
        found.setdefault(spelled(name), []).append(name)
    return found


def _call_id(span: TraceSpan) -> str:
    return plain_name(span.text("gen_ai.tool.call.id", "haystack.tool.call.id", "tool_use_id", "tool_call.id"))


def _is_same(outer: CallAttempt, tool: str, span: TraceSpan) -> bool:
    """True if `span`, inside `outer`, tells the same call: by its name, which a server that passes it on lengthens."""
    return any(
        name == tool or name.endswith(("_" + tool, "-" + tool, "/" + tool)) or tool.endswith("_" + name)
        for name in outer.names
    )
