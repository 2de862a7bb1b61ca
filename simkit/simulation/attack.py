"""A scenario compiled for one policy: sessions, attack graph, and what it means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from simkit.attackgraph import AttackGraph, Fact
from simkit.blast_radius import Legend, Provenance, Utility, WorstCase, utility
from simkit.engines.registry import CPU
from simkit.execution.executors import ExecutorLike
from simkit.model import EntryPoint
from simkit.policies import GrantPolicy, Sessions, last_or_new, sessions
from simkit.progress import steps
from simkit.remembered import recalled, remember
from simkit.scenario import Scenario, checked_scenario
from simkit.scenario.loader import uncollected
from simkit.techniques import CompiledWorld, World, attack_graph, graphs_of_samples

WORST_ROWS = 1024
"""Worst cases that are held in memory at a time, a byte for each fact."""

AT_A_TIME = 1 << 27
"""Facts of samples that are in memory at a time, a byte for each."""

_LAST = "the attack that was compiled last"
_REACHED = "the goals that entry points reached under one policy or another"

PolicyLike = str | GrantPolicy | None


@dataclass(frozen=True, eq=False)
class Attack:
    """A scenario compiled for one policy: the graph of all its entry points, what it means, and what it costs.

    `compiled` is there in one that is to be edited: what its graph was made of.
    """

    scenario: Scenario
    policy: GrantPolicy
    graph: AttackGraph
    legend: Legend
    utility: Utility
    compiled: CompiledWorld | None = None

    def edited(self, scenario: Scenario) -> Attack:
        """`compile_attack` of `scenario`, under the policy in force there, as a change of this graph: an edit of a few
        things costs what it touches, and one that everybody meets what it costs without this."""
        before = self.compiled if scenario.horizon == self.scenario.horizon else None
        return _compiled(scenario, scenario.grant_policy(), scenario.entry_points, before)

    def __repr__(self) -> str:
        return f"Attack({self.scenario.name} under {self.policy.name}: {self.graph!r})"

    def provenance(
        self, entry_point: str, *, seed: int = 0, trials: int = 0, engine: str = "replay", told: bool = True
    ) -> Provenance:
        """Where a result of this attack comes from; without a digest where that is not `told`."""
        from simkit import __version__

        scenario = self.scenario
        digest = scenario.digest if told else ""
        return Provenance(scenario.title, digest, self.policy.name, entry_point, seed, trials, engine, __version__)

    def worst_cases(
        self,
        entry_points: Iterable[str],
        *,
        threads: int | None = None,
        executor: ExecutorLike = None,
        engine: str = CPU,
    ) -> dict[str, WorstCase]:
        """For each of `entry_points` its worst variant, chances and time ignored."""
        from simkit.execution import worst_in_blocks

        groups = list(self._starts(entry_points))
        blocks = [tuple(start for starts in group.values() for start in starts) for group in groups]
        found: dict[str, WorstCase] = {}
        worst = worst_in_blocks(self.graph, blocks, executor, threads=threads, engine=engine)
        for number, held in steps(worst, len(blocks)):
            sizes = [len(starts) for starts in groups[number].values()]
            found.update(zip(groups[number], WorstCase.each(self.legend, held, sizes), strict=True))
        return {name: found[name] for group in groups for name in group}

    def _starts(self, entry_points: Iterable[str]) -> Iterator[dict[str, list[tuple[int, ...]]]]:
        """The first steps of every variant of each entry point, some `WORST_ROWS` variants together."""
        group: dict[str, list[tuple[int, ...]]] = {}
        rows = 0
        for name in entry_points:
            group[name] = self.graph.entry(name).starts
            rows += len(group[name])
            if rows >= WORST_ROWS:
                yield group
                group, rows = {}, 0
        if group:
            yield group


def compile_attack(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    entries: Mapping[str, EntryPoint] | None = None,
    through: Collection[str] | None = None,
    editable: bool = False,
) -> Attack:
    """Compile `scenario` under `policy` (a name, a GrantPolicy, or None for the one in force).

    `entries` replaces the scenario's own entry points. Where only the attacks `through` some of them are asked for, the
    graph may lack what these do not lead to: their samples are the same. An `editable` one keeps what `Attack.edited`
    starts from. Raises PolicyError for an unknown policy.
    """
    chosen = checked_scenario(scenario).grant_policy(policy)
    remember(_LAST, None)  # it need not be there beside the next one
    starts = scenario.entry_points if entries is None else entries
    made = _compiled(scenario, chosen, starts, editable=editable, through=through)
    there = {name: entry for name, entry in starts.items() if name in made.graph.entries}
    remember(_LAST, (replace(made, compiled=None), there))
    return made


@uncollected()
def compile_samples(
    scenario: Scenario, policy: GrantPolicy, through: Collection[str], *, seed: int, trials: int
) -> tuple[Attack, Attack]:
    """`scenario` compiled under `policy` for so many samples of the attacks `through` some entry points: the attack by
    which their worst cases are told, and the one that is replayed. The samples of the latter are the same, but for who
    has seen what and where copies are: there one thing may stand for others, and what no sample makes may be absent."""
    remember(_LAST, None)  # it need not be there beside the next one
    world = world_of(scenario, policy)

    def reached(graph: AttackGraph) -> Iterator[Fact]:
        for entry in through:
            yield from (graph.facts[fact] for fact in ever_reached(graph, entry, seed=seed, trials=trials))

    graphs = graphs_of_samples(world, horizon=scenario.horizon, through=through, reached=reached)
    world.forget()
    gains = utility(world.sessions, scenario.response, scenario.observed)
    told, played = (Attack(scenario, policy, each, _legend(world, scenario, each), gains) for each in graphs)
    remember(_LAST, (told, {name: scenario.entry_points[name] for name in told.graph.entries}))
    return told, played


def ever_reached(graph: AttackGraph, entry: str, *, seed: int, trials: int) -> Iterator[int]:
    """The facts that any of so many samples ever reaches, time and alerts ignored."""
    from simkit.engines.reach import reach

    most = max(AT_A_TIME // trials, 1)
    for first in range(0, len(graph.facts), most):
        facts = range(first, min(first + most, len(graph.facts)))
        held = reach(graph, entry, seed=seed, trials=trials, facts=facts)
        yield from (first + np.flatnonzero(held.any(axis=0))).tolist()


def goals_seen(scenario: Scenario) -> set[str]:
    """Goals that an entry point of `scenario` reaches by what this command compared, or else by the attack that it
    compiled last, be it under another policy, or among other entry points; none where nothing was compiled of it."""
    told: tuple[Scenario, set[str]] | None = recalled(_REACHED)
    if told is not None and _is_of(told[0], scenario):
        return {*told[1]}
    found: tuple[Attack, Mapping[str, EntryPoint]] | None = recalled(_LAST)
    if found is None or not _is_of(found[0].scenario, scenario):
        return set()
    attack, starts = found
    own = {(each.kind, each.target): replace(each, name="", note="") for each in scenario.entry_points.values()}
    same = [n for n, each in starts.items() if own.get((each.kind, each.target)) == replace(each, name="", note="")]
    return {goal for case in attack.worst_cases(same).values() for goal in case.goals}


def see_goals(scenario: Scenario, goals: set[str]) -> None:
    """Remembers for `goals_seen` that entry points of `scenario` reach `goals`."""
    remember(_REACHED, (scenario, goals))


def _is_of(one: Scenario, other: Scenario) -> bool:
    """True if the two differ in what a grant policy says at most."""
    same = one.goals == other.goals and one.response == other.response and one.attacker == other.attacker
    return one.model is other.model and same


@uncollected()
def _compiled(
    scenario: Scenario,
    policy: GrantPolicy,
    entries: Mapping[str, EntryPoint],
    before: CompiledWorld | None = None,
    *,
    editable: bool = True,
    through: Collection[str] | None = None,
) -> Attack:
    cut = before.world.sessions if before else None
    world, horizon = world_of(scenario, policy, entries, cut), scenario.horizon
    compiled = CompiledWorld.of(world, horizon=horizon, before=before) if editable else None
    graph = compiled.graph if compiled else attack_graph(world, horizon=horizon, through=through)
    gains = utility(world.sessions, scenario.response, scenario.observed)
    return Attack(scenario, policy, graph, _legend(world, scenario, graph), gains, compiled)


def _legend(world: World, scenario: Scenario, graph: AttackGraph) -> Legend:
    known = {name: reached.session for name, reached in world.all_sessions.items()}
    return Legend.of(graph, scenario.model, scenario.goals, known)


def world_of(
    scenario: Scenario,
    policy: GrantPolicy,
    entries: Mapping[str, EntryPoint] | None = None,
    before: Sessions | None = None,
) -> World:
    """What the techniques see of `scenario` under `policy`; `entries` replaces its entry points, and `before` are the
    sessions of one that this is an edit of."""
    model, period = scenario.model, scenario.response.rotation_period
    cut = (
        sessions(model, policy, rotation_period=period, before=before) if before else last_or_new(model, policy, period)
    )
    return World.of(
        cut, scenario.response, entries or scenario.entry_points, scenario.goals, attacker=scenario.attacker
    )
