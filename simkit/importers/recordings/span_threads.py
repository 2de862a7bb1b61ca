"""Which traces are parts of one run: by the conversation that they name, or because one goes on with another."""

from __future__ import annotations

from collections.abc import Iterable

from simkit.importers.recordings.model_messages import answered_ids
from simkit.importers.recordings.span_facts import is_agent, is_model, outcome_told, thread_named
from simkit.importers.recordings.span_tree import Ask, CallAttempt, SpanTree
from simkit.importers.recordings.trace_span import TraceSpan


class SpanThreads:
    """The thread of each trace, and what was asked and answered in it."""

    def __init__(self, tree: SpanTree) -> None:
        self.tree = tree
        self._thread: dict[str, str] = {}
        self._named: set[str] = set()
        self._services: dict[str, str] = {}
        self._models: dict[str, list[TraceSpan]] = {}
        self._first: dict[str, TraceSpan] = {}
        self._last: dict[tuple[str, str], float] | None = None
        for span in tree.spans:
            self._services.setdefault(span.trace, span.service)
            self._thread.setdefault(span.trace, span.trace)
            named = thread_named(span)
            if named and span.trace not in self._named:
                self._named.add(span.trace)
                self._thread[span.trace] = named
            if is_agent(span):
                self._first.setdefault(span.trace, span)
            if is_model(span):
                self._models.setdefault(span.trace, []).append(span)
        self._match()
        self._resume()

    def of(self, trace: str) -> str:
        """The thread of `trace`."""
        return self._thread.get(trace, trace)

    @property
    def all_named(self) -> bool:
        """True if every trace with a call names its conversation, or there is but one."""
        traces = {attempt.span.trace for attempt in self.tree.attempts}
        return len(traces) < 2 or traces <= self._named

    def last_model(self, thread: str, agent: str) -> float:
        """When `agent` last asked a model in `thread`; 0 where it never did."""
        if self._last is None:
            self._last = {}
            for trace, spans in self._models.items():
                for span in spans:
                    key = self.of(trace), self.tree.agent(span)
                    self._last[key] = max(span.start, self._last.get(key, 0.0))
        return self._last.get((thread, agent), 0.0)

    def models(self, trace: str) -> list[TraceSpan]:
        """The questions to models in `trace`, in their order."""
        return self._models.get(trace, [])

    def _match(self) -> None:
        """Give each attempt what asked for it, in the same thread."""
        asks: dict[tuple[str, str], list[Ask]] = {}
        for ask in self.tree.asks:
            asks.setdefault((self.of(ask.span.trace), ask.call.tool), []).append(ask)
        for attempt in self.tree.attempts:
            thread = self.of(attempt.span.trace)
            found = [ask for name in sorted(attempt.names) for ask in asks.get((thread, name), ())]
            attempt.asked = _fitting(attempt, found)
            if attempt.asked is not None:
                attempt.asked.attempts.append(attempt)
                attempt.id = attempt.id or attempt.asked.call.id

    def _resume(self) -> None:
        """Join a trace to an earlier one that it goes on with."""
        open_asks: dict[tuple[str, str], list[Ask | CallAttempt]] = {}
        by_trace: dict[str, list[Ask | CallAttempt]] = {}
        every: list[Ask | CallAttempt] = [*self.tree.asks, *self.tree.attempts]
        for each in every:
            by_trace.setdefault(each.span.trace, []).append(each)
        for trace in self._thread:
            here = by_trace.get(trace, [])
            service = self._services[trace]
            earlier = self._resumed(trace, here, open_asks, service)
            if earlier is not None and trace not in self._named:
                self._thread[trace] = self.of(earlier.span.trace)
                self._take_up(here, earlier)
            for each in here:
                if self._is_open(each):
                    open_asks.setdefault((service, each.agent), []).append(each)

    def _resumed(
        self,
        trace: str,
        here: Iterable[Ask | CallAttempt],
        waiting: dict[tuple[str, str], list[Ask | CallAttempt]],
        service: str,
    ) -> Ask | CallAttempt | None:
        """What waited in an earlier trace, and is taken up in this one."""
        # without a question to a model in it nobody knows whether a trace goes on or begins
        first_model = min((span.start for span in self.models(trace)), default=0.0)
        for each in here:
            if isinstance(each, CallAttempt) and each.start < first_model:
                for other in reversed(waiting.get((service, each.agent), ())):
                    if other.span.end <= each.start and _is_go_at(each, other):
                        return other
        agents = {agent for (agent, where) in self.tree.agents if where == trace} if waiting else set()
        open_here = [each for agent in sorted(agents) for each in waiting.get((service, agent), ())]
        ids = {_id(each): each for each in open_here if _id(each)}
        told = [*self.models(trace)[:1], *([self._first[trace]] if trace in self._first else [])]
        for span in told if ids else ():
            for answered in answered_ids(span):
                if answered in ids:
                    return ids[answered]
        return None

    def _is_open(self, each: Ask | CallAttempt) -> bool:
        """True if nobody knows yet what came of it."""
        if isinstance(each, Ask):
            return not each.attempts
        told = outcome_told(each.span)
        waits = told == "pending" or (not told and each.span.scope in self.tree.with_results)
        return waits and not each.has_result and each.handed is None

    def _take_up(self, here: Iterable[Ask | CallAttempt], earlier: Ask | CallAttempt) -> None:
        """The goes at a call here are goes at what was asked for there."""
        ask = earlier if isinstance(earlier, Ask) else earlier.asked
        for each in here:
            if isinstance(each, CallAttempt) and each.asked is None and _is_go_at(each, earlier):
                each.id = each.id or _id(earlier)
                if ask is not None:
                    each.asked = ask
                    ask.attempts.append(each)
                return


def _is_go_at(attempt: CallAttempt, other: Ask | CallAttempt) -> bool:
    return _tool(other) in attempt.names and fits(attempt.arguments, _given(other))


def fits(one: object, other: object) -> bool:
    """True if two calls may have been given the same: what is not recorded fits anything."""
    if one is None or other is None or one == other:
        return True
    if isinstance(one, dict) and not isinstance(other, dict):
        return list(one.values()) == [other]
    if isinstance(other, dict) and not isinstance(one, dict):
        return list(other.values()) == [one]
    return False


def _fitting(attempt: CallAttempt, asks: list[Ask]) -> Ask | None:
    """The ask that `attempt` answers: by its id, else the first that fits and that nobody took up."""
    before = [ask for ask in asks if ask.span.start <= attempt.start]
    if attempt.id:
        found = next((ask for ask in before if ask.call.id == attempt.id), None)
        if found is not None:
            return found
    free = (ask for ask in before if not ask.attempts and not (attempt.id and ask.call.id))
    again = (ask for ask in before if ask.attempts and outcome_told(ask.attempts[-1].span) == "pending")
    return next(
        (ask for ask in (*free, *again) if fits(attempt.arguments, ask.call.arguments)),
        None,
    )


def _tool(each: Ask | CallAttempt) -> str:
    return each.call.tool if isinstance(each, Ask) else each.tool


def _given(each: Ask | CallAttempt) -> object:
    return each.call.arguments if isinstance(each, Ask) else each.arguments


def _id(each: Ask | CallAttempt) -> str:
    return each.call.id if isinstance(each, Ask) else each.id
