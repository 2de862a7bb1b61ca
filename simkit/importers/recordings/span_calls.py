"""From attempts to calls: which of them are one, what became of it, and what the recording cannot tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simkit.importers.recordings.hand_overs import handed_to, hands_over, spelled, taker_named
from simkit.importers.recordings.model_messages import answered_ids
from simkit.importers.recordings.offered_tools import offers
from simkit.importers.recordings.recorded import EVERY, OfferedTool, Recording, SeenCall, tool_name
from simkit.importers.recordings.span_facts import decided, outcome_told
from simkit.importers.recordings.span_threads import SpanThreads, fits
from simkit.importers.recordings.span_tree import Ask, CallAttempt, SpanTree
from simkit.importers.recordings.trace_span import TraceSpan

SILENT = frozenset({"mcp-python-sdk"})
"""Scopes that tell neither results nor failures of a call (version 2.3.0 of the SDK: a tool that raised looks like one
that did not)."""
AGENT_TOOLS = "tools"
"""The tool of operations of agents whose service has no name."""


def read_spans(spans: Iterable[TraceSpan], recording: Recording) -> None:
    """Put the calls that `spans` tell into `recording`, and what they do not tell."""
    tree = SpanTree(spans)
    _Calls(tree, SpanThreads(tree), recording).read()


class _Calls:
    def __init__(self, tree: SpanTree, threads: SpanThreads, recording: Recording) -> None:
        self.tree = tree
        self.threads = threads
        self.recording = recording
        self._answers: dict[str, set[str]] = {}

    def read(self) -> None:
        groups = self._groups()
        plain = [group for group in groups if all(each.handed is None for each in group)]
        found = [self._call(group) for group in plain]
        found += [call for ask in self.tree.asks if not ask.attempts for call in self._never_run(ask)]
        found.sort(key=lambda call: call.time or 0.0)
        self.recording.add(found, "agent")
        for (agent, trace), span in self.tree.agents.items():
            self.recording.names(agent, "agent", span.id, span.path)
            self.recording.threads.setdefault((agent, self.threads.of(trace)))
            self.recording.paths.setdefault((agent, self.threads.of(trace)), span.path)
        for service in dict.fromkeys(span.service for span in self.tree.spans):
            self.recording.names(f"service {service}" if service else "", "workload", "")
        for giver, taker in self.tree.handed:
            self.recording.handed[giver, taker] = None
            self.recording.names(giver, "agent")
            self.recording.names(taker, "agent")
        self._offer(found, groups)
        self._blind(found)
        self._untold(found, plain)

    def _offer(self, found: list[SeenCall], groups: list[list[CallAttempt]]) -> None:
        """What agents could choose: a tool that somebody called is the one of that name, whichever server has it."""
        called = {spelled(call.operation): (call.tool, call.operation) for call in found}
        called |= {call.operation: (call.tool, call.operation) for call in found}
        stated = [(who or self.tree.agent(span), span, each) for span in self.tree.spans for who, each in offers(span)]
        agents = self._agents_by_tool(groups, (taker for _, _, each in stated for taker in each.takers))
        for who, span, each in stated:
            if not each.whole:
                self.recording.tell_not("offers", "a list of the tools that an agent could choose from is cut")
            for taker in (*each.takers, *(taker for _, name in each.tools for taker in agents.get(name, ()))):
                self._may_hand(who, taker)
            for server, name in each.tools if who else ():
                if name not in agents:
                    own = (_tool(server, span), name)
                    tool, operation = own if server else called.get(name) or called.get(spelled(name)) or own
                    self.recording.offered.setdefault(OfferedTool(who, tool, operation, span.id, span.path))
                    self.recording.names(who, "agent", span.id, span.path)
        for ask in self.tree.asks:
            if hands_over(ask.call.tool):
                self._may_hand(ask.agent, taker_named(ask.call.tool, ask.call.arguments) or "")
        known = {agent for agent, _ in self.tree.agents} | {taker for _, taker in self.recording.may_hand}
        if known - {each.actor for each in self.recording.offered}:
            self.recording.tell_not("offers", "of some agents it does not tell which tools they could choose from")

    def _agents_by_tool(self, groups: list[list[CallAttempt]], takers: Iterable[str]) -> dict[str, set[str]]:
        """Tools that are agents: by the name of these, or of a call in which one was seen at work."""
        found = {name: {name} for name in (*(agent for agent, _ in self.tree.agents), *takers) if name}
        for each in (each for group in groups for each in group if each.handed is not None):
            for name in each.names:
                found.setdefault(name, set()).add(each.handed or "")
        return found

    def _may_hand(self, giver: str, taker: str) -> None:
        taker = self.tree.known(taker)
        if giver and not taker:
            self.recording.tell_not("handovers", "it does not tell to whom some work could be handed")
        elif giver and giver != taker:
            self.recording.may_hand[giver, taker] = None
            self.recording.names(giver, "agent")
            self.recording.names(taker, "agent")

    def _groups(self) -> list[list[CallAttempt]]:
        """Attempts that are goes at one call: by its id in the run, or because the one goes on with the other."""
        by_id: dict[tuple[str, str, str], list[CallAttempt]] = {}
        last: dict[tuple[str, str, str], list[CallAttempt]] = {}
        groups: list[list[CallAttempt]] = []
        for attempt in self.tree.attempts:
            thread = self.threads.of(attempt.span.trace)
            key, own = (thread, attempt.tool, attempt.id), (thread, attempt.agent, attempt.tool)
            group = by_id.get(key) if attempt.id else None
            if group is None:
                group = last.get(own)
                if group is None or not self._goes_on(group[-1], attempt):
                    group = []
                    groups.append(group)
            group.append(attempt)
            last[own] = group
            if attempt.id:
                by_id[key] = group
        return groups

    def _goes_on(self, before: CallAttempt, attempt: CallAttempt) -> bool:
        if before.id and attempt.id and before.id != attempt.id:
            return False
        if not fits(before.arguments, attempt.arguments):
            return False
        overlap = attempt.start < before.end and before.span.scope != attempt.span.scope
        waited = attempt.start >= before.end and self._outcome(before) == "pending"
        return overlap or waited

    def _call(self, group: list[CallAttempt]) -> SeenCall:
        last = group[-1]
        outcome = self._outcome(last)
        earlier = {self._outcome(each) for each in group[:-1]} & {"pending", ""}
        if outcome == "failed" and earlier and not self._shows_failure(last):
            # refused when it was taken up again, or it ran and failed: both look like this
            outcome = "unknown"
        if outcome == "pending" and self._went_on(last):
            outcome = "denied"
        return self._seen(group[0].agent, last.server, last.tool, last.span, outcome, group[0].start)

    def _went_on(self, last: CallAttempt) -> bool:
        """True if its model went on without it: that has to be given an answer to every call that it asked for."""
        thread = self.threads.of(last.span.trace)
        if last.agent and self.threads.last_model(thread, last.agent) > last.end:
            return True
        return bool(last.id) and last.id in self._answered(thread)

    def _outcome(self, attempt: CallAttempt) -> str:
        """What became of one attempt, as far as its spans and what follows them tell."""
        if any(decided(span) in ("reject", "deny", "denied") for span in attempt.spans):
            return "denied"
        told = [outcome_told(span) for span in attempt.spans]
        for outcome in ("denied", "pending", "failed", "done"):
            if outcome in told:
                return outcome
        scope = attempt.span.scope
        if all(span.scope in SILENT for span in attempt.spans):
            return "unknown"
        if scope in self.tree.with_results:
            return "pending"
        if any(decided(span) for span in attempt.spans):
            return "unknown"
        models = self.threads.models(attempt.span.trace)
        return "pending" if models and all(span.start < attempt.end for span in models) else "done"

    def _shows_failure(self, attempt: CallAttempt) -> bool:
        """True if more than a status says that it failed."""
        raised = any(name == "exception" for span in attempt.spans for name, _ in span.events)
        return raised or attempt.has_result or bool({span.scope for span in attempt.spans} & self.tree.with_results)

    def _answered(self, thread: str) -> set[str]:
        """The ids of calls that a model was given an answer to; read once for each thread."""
        if thread not in self._answers:
            traces = {span.trace for span in self.tree.spans if self.threads.of(span.trace) == thread}
            spans = [span for trace in traces for span in self.threads.models(trace)]
            self._answers[thread] = {answer for span in spans for answer in answered_ids(span)}
        return self._answers[thread]

    def _never_run(self, ask: Ask) -> Iterator[SeenCall]:
        """A call that a model asked for and that no span tells: it was not carried out, unless nothing tells calls."""
        if hands_over(ask.call.tool) or handed_to(ask.span):
            return
        thread = self.threads.of(ask.span.trace)
        outcome = "unknown"
        if self.tree.attempts:
            went_on = self.threads.last_model(thread, ask.agent) > ask.span.start
            answered = ask.call.id and ask.call.id in self._answered(thread)
            outcome = "denied" if answered or went_on else "pending"
        yield self._seen(ask.agent, "", ask.call.tool, ask.span, outcome, ask.span.end)

    def _seen(self, agent: str, server: str, tool: str, span: TraceSpan, outcome: str, start: float) -> SeenCall:
        return SeenCall(
            actor=agent,
            tool=_tool(server, span),
            operation=tool,
            thread=self.threads.of(span.trace),
            outcome=outcome,
            time=start or None,
            mark=span.id,
            path=span.path,
        )

    def _blind(self, found: list[SeenCall]) -> None:
        blind = self.recording.blind
        if not self.tree.attempts and self.tree.agents:
            for key in self.recording.threads:
                blind[key] = (EVERY,)
            self.recording.tell_not("calls", "it records no tools at all")
        if not self.tree.attempts and not self.tree.agents and not self.tree.asks:
            self.recording.tell_not("calls", "no span in it is of an agent or of a tool")
        for call in found:
            if call.outcome == "pending":
                blind[call.actor, call.thread] = (EVERY,)
                self.recording.tell_not("resumes", "it ends where somebody had to decide: what came after is not in it")
        cut = {self.threads.of(trace) for trace in self.tree.cut}
        for key in self.recording.threads:
            if key[1] in cut:
                blind[key] = (EVERY,)
        if cut:
            self.recording.tell_not("calls", "parts of its traces are elsewhere")

    def _untold(self, found: list[SeenCall], groups: list[list[CallAttempt]]) -> None:
        tell_not = self.recording.tell_not
        attempts = [each for group in groups for each in group]
        if attempts and all(each.arguments is None for each in attempts):
            tell_not("arguments", "they are not recorded")
        if any(not call.actor for call in found) or self.tree.unnamed:
            tell_not("agents", "it does not name them")
        if self.tree.lost_handover:
            tell_not("handovers", "it does not tell to whom some work was handed")
        explicit = any(decided(span) for each in attempts for span in each.spans)
        if not self.tree.asks and not explicit and all(call.outcome != "denied" for call in found):
            tell_not("denials", "a call that was denied leaves nothing in it, or looks like one that failed")
        if any(call.outcome == "unknown" for call in found):
            tell_not("outcomes", "of some calls it does not tell what became of them")
        if not self.threads.all_named:
            tell_not("threads", "it does not tell which of its traces are parts of one conversation")


def _tool(server: str, span: TraceSpan) -> str:
    return f"mcp:{tool_name(server)}" if server else tool_name(span.service) or AGENT_TOOLS
