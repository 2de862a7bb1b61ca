"""Sessions that others turn into: along trust edges and by `assume` operations, whole or attenuated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from simkit.entitlements import Conditions, Grant, Grants, Resolver, both, personal
from simkit.model import TrustEdge
from simkit.policies import Session, Sessions
from simkit.techniques.tool_sessions import ToolSession
from simkit.techniques.widen import Added, all_grants, gains

Followed = dict[str, tuple[tuple[TrustEdge, tuple[str, ...]], ...]]
"""For each session its trust edges, each with the sessions that it leads to."""
Assumed = dict[tuple[str, str], tuple[str, ...]]
"""For each session and each identity that an `assume` operation of it targets, the sessions that this leads to."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A session that a rule can reach. An attenuated one has a `source`, from whose grants it was cut, and `lineage`
    says through which identities it came. `part` says that it is what is open of another one at a tool."""

    session: Session
    lineage: tuple[str, ...]
    source: Session | None = None
    part: ToolSession | None = None


def follow_trust(
    sessions: Sessions, found: dict[str, Reached], added: Mapping[str, Added], steered: frozenset[str]
) -> tuple[Followed, Assumed]:
    """Where the sessions in `found` lead; adds the attenuated ones to it.

    `added` is what identities may gain, `steered` are those of which a goal asks for a session by itself.
    """
    return _Chaining(sessions, found, added, steered).follow()


@dataclass(slots=True)
class _Chaining:
    sessions: Sessions
    found: dict[str, Reached]
    added: Mapping[str, Added]
    steered: frozenset[str]
    leaving: dict[str, list[TrustEdge]] = field(default_factory=dict)
    onward: frozenset[str] = frozenset()

    def follow(self) -> tuple[Followed, Assumed]:
        model = self.sessions.model
        for edge in model.trust:
            self.leaving.setdefault(edge.source, []).append(edge)
        self.onward = self._leading_on()
        edges: Followed = {}
        assumed: Assumed = {}
        assuming = {full_name for full_name, _, operation in model.operations() if operation.effect == "assume"}
        waiting = list(self.found)
        while waiting:
            reached = self.found[waiting.pop()]
            name = reached.session.name
            edges[name] = tuple((e, self._targets(reached, e, waiting)) for e in self._usable(reached.session))
            for target in self._assumable(reached, assuming):
                edge = TrustEdge(reached.session.identities[0], target)
                assumed[name, target] = self._targets(reached, edge, waiting)
        return edges, assumed

    def _leading_on(self) -> frozenset[str]:
        """Identities whose sessions lead somewhere even where they may do nothing: to a whole session or an invoked
        agent, to what a goal asks for, or to what may be widened."""
        found = {*self.steered, *self.added}
        found |= {task.identity for task in self.sessions.model.tasks.values() if task.on_behalf_of in self.added}
        found |= {edge.source for edge in self.sessions.model.trust if not self._shrinks(edge)}
        waiting = list(found)
        back: dict[str, list[str]] = {}
        for edge in self.sessions.model.trust:
            back.setdefault(edge.target, []).append(edge.source)
        while waiting:
            new = [source for source in back.get(waiting.pop(), ()) if source not in found]
            found.update(new)
            waiting += new
        return frozenset(found)

    def _shrinks(self, edge: TrustEdge) -> bool:
        """True if only what both may do is left behind `edge`."""
        everywhere = self.sessions.governing(edge.source).delegation == "attenuated"
        return edge.kind != "invoke" and (edge.attenuates or everywhere)

    def _assumable(self, reached: Reached, assuming: set[str]) -> list[str]:
        """The identities that a session may become by one of the operations in `assuming`, also one that it gains."""
        if not assuming:
            return []
        gained = gains(self.sessions.resolver, reached, self.added) if self.added else {}
        grants = (grant for grant, _, _ in all_grants(reached.session, gained))
        return list(dict.fromkeys(target for name, target in grants if target and name in assuming))

    def _usable(self, session: Session) -> Iterator[TrustEdge]:
        """The edges that `session` may use: under a task scope, only those that its task delegates to."""
        scoped = session.policy.scope.startswith("task")
        delegated = {name for task in session.tasks for name in self.sessions.model.tasks[task].delegates_to}
        for identity in session.identities:
            for edge in self.leaving.get(identity, ()):
                if not scoped or edge.target in delegated:
                    yield edge

    def _targets(self, source: Reached, edge: TrustEdge, waiting: list[str]) -> tuple[str, ...]:
        """The sessions that `edge` leads to: the target's own, or their intersections with the source's entitlements.
        One that may do nothing exists if it leads on."""
        targets = self.sessions.by_identity[edge.target]
        if edge.kind == "invoke" or not (edge.attenuates or source.session.policy.delegation == "attenuated"):
            return targets
        if edge.target in source.lineage:
            return ()
        names = []
        for name in targets:
            full = self.sessions.sessions[name]
            shared = _intersection(self.sessions.resolver, full.grants, source.session.grants)
            derived = replace(full, name=f"{name} < {source.session.name}", grants=shared)
            if shared or edge.target in self.onward:
                names.append(derived.name)
                if derived.name not in self.found:
                    self.found[derived.name] = Reached(derived, (*source.lineage, edge.target), source.session)
                    waiting.append(derived.name)
        return tuple(names)


def _intersection(resolver: Resolver, target: Grants, source: Grants) -> dict[Grant, Conditions]:
    """What both allow, be it through what contains a resource; a person who must approve either must approve both."""
    found: dict[Grant, Conditions] = {}
    for grant in (*target, *source):
        theirs, ours = resolver.cover(grant, target), resolver.cover(grant, source)
        if theirs is not None and ours is not None:
            found[grant] = both(theirs, personal(ours))
    return found
