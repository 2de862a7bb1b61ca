"""The attack graph with what it rests on as facts, so that taking away is leaving out steps.

In an attack graph a use of an entitlement is one step, whoever gives the entitlement. Here each such step has premises
of its own: somebody *gives* the grant, the role is *assigned*, the edge is *trusted*, the credential *lies* in the
store, whoever has it is its *bearer*. These supports are concluded by steps that a narrowing removes. So any set of
removals, with two roles that give the same thing or a tool that runs as somebody, is answered exactly and at once by
the worst case of this graph `without` the steps of the set.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from simkit.attackgraph import AttackGraph, Cause, Conclusion, Containment, Fact, Step
from simkit.distributions import Fixed
from simkit.entitlements import Grant
from simkit.narrowing.edits.edit import bearer, in_resource, lies, runtime_of, trusted, written
from simkit.narrowing.edits.work import Givers, Ways
from simkit.policies import Session, sessions
from simkit.scenario import Scenario
from simkit.techniques import World, attack_graph
from simkit.techniques.world import Reached, runs_in

WORLD = Fact("world", "as it is")
"""The premise of every support."""
_SUPPORTS = frozenset({"given", "assigned", "trusted", "lies", "bearer"})
_NONE = Containment(Fixed(0.0), Fixed(0.0), {})
_ROOT = Step("world", "support", (), (Conclusion(WORLD),), Cause("flow", ("world",)))


@dataclass(frozen=True, slots=True, eq=False)
class Supported:
    """The graph, the step of each support, and the first steps of each entry point's variants."""

    graph: AttackGraph
    step_of: Mapping[Fact, int]
    starts: Mapping[str, tuple[tuple[int, ...], ...]]

    def without(self, supports: Iterable[Fact]) -> list[int]:
        """The steps to leave out so that `supports` are gone; supports that nothing uses have none."""
        return [self.step_of[fact] for fact in supports if fact in self.step_of]


def supported(scenario: Scenario) -> Supported:
    """The supported graph of `scenario` under the policy in force."""
    policy, response = scenario.grant_policy(), scenario.response
    cut = sessions(scenario.model, policy, rotation_period=response.rotation_period)
    world = World.of(cut, response, scenario.entry_points, scenario.goals)
    plain = attack_graph(world, horizon=scenario.horizon)
    made = _Supporter(world, Givers(scenario.model)).steps(plain.steps)
    graph = AttackGraph.build(made, [], _NONE, horizon=scenario.horizon)
    number = {step.key: index for index, step in enumerate(graph.steps)}
    root = number[_ROOT.key]
    starts = {
        name: tuple(
            (*(number[plain.steps[first].key] for first in entry.roots(variant)), root)
            for variant in range(len(entry.names))
        )
        for name, entry in plain.entries.items()
    }
    step_of = {
        step.conclusions[0].fact: index
        for index, step in enumerate(graph.steps)
        if step.rule == "support" and step.conclusions[0].fact.kind in _SUPPORTS
    }
    return Supported(graph, step_of, starts)


@dataclass(slots=True)
class _Supporter:
    """Rewrites steps, and collects what they rest on as it goes."""

    world: World
    givers: Givers
    needed: dict[str, frozenset[Grant]] = field(default_factory=dict)
    credential_of: dict[str, str] = field(default_factory=dict)
    ways_of: dict[Fact, Ways] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for task in self.world.model.tasks.values():
            self.needed[task.name] = frozenset(self.givers.resolver.needs(task.needs))
        for token in chain.from_iterable(self.world.sessions.tokens.values()):
            self.credential_of[token.name] = token.credential

    def steps(self, given: Iterable[Step]) -> list[Step]:
        """The rewritten steps, and those that conclude what they rest on."""
        rewritten = [made for step in given for made in self._rewritten(step)]
        return [_ROOT, *rewritten, *self._supports()]

    def _rewritten(self, step: Step) -> Iterator[Step]:
        if not step.premises:
            yield _bare(step, step.premises, step.conclusions, "")
            return
        for number, premises in enumerate(self._alternatives(step)):
            suffix = f" ~{number}" if number else ""
            plain = tuple(c for c in step.conclusions if self._place(step, c) is None)
            if plain:
                yield _bare(step, premises, plain, suffix)
            for conclusion in step.conclusions:
                for place in self._place(step, conclusion) or ():
                    self.ways_of[place] = ()
                    label = f"{suffix} => {conclusion.fact} from {place.object}"
                    yield _bare(step, (*premises, place), (conclusion,), label)

    def _alternatives(self, step: Step) -> Iterator[tuple[Fact, ...]]:
        """The premises of `step` with what it rests on, in each way that it may rest on something."""
        kind = step.cause.kind
        if kind == "entitlement":
            yield from self._uses(step)
        elif kind == "trust":
            edge = trusted("{} -{}-> {}".format(*step.cause.names))
            self.ways_of[edge] = ()
            yield (*step.premises, edge)
        elif kind == "credential":
            yield from self._senders(step)
        else:
            yield step.premises

    def _uses(self, step: Step) -> Iterator[tuple[Fact, ...]]:
        """A use rests on the grant of its session and on that of the identity that the tool runs as; either may have
        been widened."""
        grant: Grant = (step.cause.names[1], step.cause.names[2])
        session = self.world.all_sessions[step.premises[0].subject]
        deputy = self.world.model.tool_of(grant[0]).runs_as
        bare = tuple(premise for premise in step.premises if premise.kind != "performed")
        for own in self._allowed(session, grant):
            for leant in self._deputies(deputy, grant):
                yield tuple(dict.fromkeys((*bare, *own, *leant)))

    def _allowed(self, reached: Reached, grant: Grant) -> Iterator[tuple[Fact, ...]]:
        """What each way for a session to have `grant` rests on: as it was cut, or after a widening."""
        session = reached.session
        if grant in session.grants:
            yield (self._permitted(session, grant),)
        accepted = not session.audience or grant[0].partition(".")[0] in session.audience
        if session.policy.scope.startswith("task") or not accepted:
            return
        source = () if reached.source is None else (self._permitted(reached.source, grant),)
        if reached.source is None or grant in reached.source.grants:
            for identity in session.identities:
                for fact, gives in self.world.added.get(identity, {}).items():
                    if grant in gives:
                        yield (fact, self._by_role(fact, grant, through_containers=False), *source)

    def _deputies(self, deputy: str, grant: Grant) -> Iterator[tuple[Fact, ...]]:
        if not deputy:
            yield ()
            return
        yield (self._entitled(deputy, grant, through_containers=True),)
        for fact, gives in self.world.added.get(deputy, {}).items():
            if self.givers.resolver.cover(grant, gives) is not None:
                yield (fact, self._by_role(fact, grant, through_containers=True))

    def _by_role(self, widening: Fact, grant: Grant, *, through_containers: bool) -> Fact:
        """The fact that the role which `widening` assigns gives `grant`."""
        role = self.world.model.operation(widening.subject).role
        fact = Fact("covered" if through_containers else "entitled", f"role {role}", written(grant))
        if fact not in self.ways_of:
            self.ways_of[fact] = self.givers.by_role(role, grant, through_containers=through_containers)
        return fact

    def _senders(self, step: Step) -> Iterator[tuple[Fact, ...]]:
        """A token is used by any bearer, or from the runtime of its identity; one that was found, by a session that
        may use a general-purpose tool."""
        premises = step.premises
        if step.rule == "pick-up":
            place = lies(step.cause.names[0], in_resource(premises[1].object))
            self.ways_of[place] = ()
            bare = tuple(premise for premise in premises if premise.kind != "performed")
            premises = (*bare, place, self._general(premises[0].subject))
        credential = self.world.model.credentials.get(step.cause.names[0])
        if credential is None or any(premise.kind == "runs_in" for premise in premises):
            yield premises
            return
        sender = bearer(credential.name)
        self.ways_of[sender] = ()
        yield (*premises, sender)
        yield (*premises, runs_in(credential.identity))

    def _general(self, name: str) -> Fact:
        """The fact that a session may use a general-purpose tool, with what that rests on."""
        fact = Fact("general-purpose", name)
        if fact not in self.ways_of:
            reached = self.world.all_sessions[name]
            grants = dict.fromkeys(grant for grant, _, _ in self.world.grants(reached.session))
            general = (grant for grant in grants if self.world.model.tool_of(grant[0]).general_purpose)
            self.ways_of[fact] = tuple(frozenset(way) for g in general for way in self._allowed(reached, g))
        return fact

    def _place(self, step: Step, conclusion: Conclusion) -> tuple[Fact, ...] | None:
        """Where the token that `conclusion` gives may lie; None where it does not come out of a place."""
        credential = self.credential_of.get(conclusion.fact.subject)
        if conclusion.fact.kind != "holds" or credential is None:
            return None
        model = self.world.model
        if step.rule == "inhabit":
            (identity,) = step.cause.names
            own = model.credentials[credential].identity == identity
            return None if own else (lies(credential, runtime_of(identity)),)
        if step.rule not in ("read", "exfiltrate"):
            return None
        target = step.cause.names[-1]
        within = model.within(target) if step.rule == "read" else (target,)
        return tuple(lies(credential, in_resource(r)) for r in within if credential in model.resources[r].holds)

    def _permitted(self, session: Session, grant: Grant) -> Fact:
        """The fact that `session` has `grant`, with what it rests on."""
        fact = Fact("permitted", session.name, written(grant))
        if fact not in self.ways_of:
            self.ways_of[fact] = ()
            self.ways_of[fact] = tuple(self._permits(session, grant))
        return fact

    def _permits(self, session: Session, grant: Grant) -> Iterator[frozenset[Fact]]:
        source = self.world.all_sessions[session.name].source
        if source is not None:
            full = self.world.all_sessions[session.name.removesuffix(f" < {source.name}")].session
            for theirs in self._covers(full, grant):
                yield from (frozenset({theirs, ours}) for ours in self._covers(source, grant))
            return
        scoped = session.policy.scope.startswith("task")
        needed = scoped and any(grant in self.needed[task] for task in session.tasks)
        for identity in session.identities:
            yield frozenset({self._entitled(identity, grant, through_containers=needed)})

    def _covers(self, session: Session, grant: Grant) -> list[Fact]:
        """That `session` has `grant`, or has it on what contains its target."""
        names = (grant[1], *self.givers.containers.get(grant[1], ()))
        return [self._permitted(session, (grant[0], name)) for name in names if (grant[0], name) in session.grants]

    def _entitled(self, identity: str, grant: Grant, *, through_containers: bool) -> Fact:
        kind = "covered" if through_containers else "entitled"
        fact = Fact(kind, identity, written(grant))
        if fact not in self.ways_of:
            self.ways_of[fact] = self.givers.ways(identity, grant, through_containers=through_containers)
        return fact

    def _supports(self) -> Iterator[Step]:
        """The steps that conclude what was asked for: from the world as it is, or from other supports."""
        leaves = {leaf for ways in self.ways_of.values() for way in ways for leaf in way} | set(self.ways_of)
        for fact in sorted(leaves):
            if fact.kind in _SUPPORTS:
                yield _support(fact, (WORLD,), 0)
            for number, way in enumerate(self.ways_of.get(fact, ())):
                yield _support(fact, tuple(sorted(way)), number)


def _support(fact: Fact, premises: tuple[Fact, ...], number: int) -> Step:
    return Step(f"support {fact} #{number}", "support", premises, (Conclusion(fact),), Cause("flow", (str(fact),)))


def _bare(step: Step, premises: tuple[Fact, ...], conclusions: tuple[Conclusion, ...], suffix: str) -> Step:
    """`step` without clocks and alerts, which the worst case does not ask about."""
    made = step._replace(key=step.key + suffix, fate="", premises=premises, conclusions=conclusions)
    still = Fixed(0.0)
    return made._replace(duration=still, wait=still, approval=still, alert=0.0, alert_delay=still)
