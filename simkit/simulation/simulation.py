"""The only place where the line is joined: scenario, sessions, attack graph, engine, blast radius."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from simkit.attackgraph import AttackGraph
from simkit.blast_radius import (
    BlastRadius,
    PairMatrix,
    Ranked,
    Ranking,
    ShortestWay,
    WorstCase,
)
from simkit.blast_radius.hops import WayFinder
from simkit.engines import Outcomes
from simkit.engines.registry import CPU, reach_engine, replay_engine
from simkit.errors import QuestionError
from simkit.execution.executors import ExecutorLike
from simkit.fate import checked_seed
from simkit.model import EntryPoint
from simkit.policies import GrantPolicy
from simkit.record import START, Record, Views, recorded
from simkit.scenario import Scenario, checked_scenario, chosen_entries, chosen_entry
from simkit.simulation.attack import Attack, PolicyLike, compile_attack, world_of
from simkit.techniques import attack_graph

MOST_TRIALS = 1 << 34
"""The generator counts blocks of four samples in 32 bits."""

Workers = tuple[int | None, ExecutorLike]
"""Who works: so many threads, or an executor."""


def simulate(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    entry_point: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    executor: ExecutorLike = None,
    engine: str = CPU,
) -> BlastRadius:
    """Replay the attack through `entry_point` (None: the first) under `policy` (None: the one in force).

    The same seed gives the same bytes on any number of `threads` (None: one for each processor), and on any `executor`
    that works in their place: one of `concurrent.futures`, a Dask client, or the address of its scheduler; and with
    the `engine` "reference", the definition in plain Python, some thousand times slower. Raises QuestionError for an
    unknown entry point or engine, for a bad number of trials or seed, and for threads beside an executor; PolicyError
    for an unknown policy; EngineError if workers die.
    """
    name = chosen_entry(scenario, entry_point)
    replay_engine(engine)  # an unknown one is refused before anything is compiled
    attack = compile_attack(scenario, policy, through=scenario.entry_points)
    return replayed(attack, name, trials=trials, seed=seed, workers=(threads, executor), engine=engine)


def replayed(
    attack: Attack,
    entry_point: str,
    *,
    trials: int,
    seed: int,
    workers: Workers = (None, None),
    engine: str = CPU,
    told: bool = True,
    facts: Iterable[int] | None = None,
    only_whether: bool = False,
) -> BlastRadius:
    """The blast radius of an attack that is compiled already, through one of its entry points; `workers` are the
    threads or the executor. What is not `told` to anybody says of itself no digest, which takes longer than many a
    replay. Where only some `facts` are looked at, and `only_whether` they are reached, nothing else is kept or waited
    for (see `simkit.engines.replay`). Raises as `simulate`."""
    count = checked_trials(trials)
    with in_memory(attack.graph, count):
        kept: dict[str, Any] = {"facts": facts, "only_whether": only_whether}
        outcomes = outcomes_of(attack.graph, entry_point, checked_seed(seed), count, workers, engine, **kept)
    return BlastRadius(
        graph=attack.graph,
        outcomes=outcomes,
        legend=attack.legend,
        worst_case=attack.worst_cases([entry_point])[entry_point],
        utility=attack.utility,
        provenance=attack.provenance(entry_point, seed=seed, trials=count, told=told),
    )


@contextmanager
def in_memory(graph: AttackGraph, trials: int) -> Iterator[None]:
    """Raises QuestionError where so many samples of `graph` do not fit into the memory."""
    try:
        yield
    except MemoryError as error:
        told = f"{trials:,} trials of {len(graph.facts):,} facts take more memory than there is"
        raise QuestionError(f"{told}: ask for fewer, or use simkit.sweep, which keeps sums only") from error


def outcomes_of(
    graph: AttackGraph,
    entry_point: str,
    seed: int,
    trials: int,
    workers: Workers,
    engine: str = CPU,
    *,
    facts: Iterable[int] | None = None,
    only_whether: bool = False,
) -> Outcomes:
    """The samples of `graph` through `entry_point`, whoever works; `facts` and `only_whether` are those of the engine.
    Raises QuestionError for threads beside an executor; EngineError if workers die."""
    threads, executor = workers
    asked: dict[str, Any] = {"seed": seed, "trials": trials, "only_whether": only_whether}
    asked["facts"] = None if facts is None else tuple(dict.fromkeys(facts))
    if executor is None:
        return replay_engine(engine).replay(graph, entry_point, threads=threads, **asked)
    from simkit import execution

    _only_one(workers)
    return execution.replayed(graph, entry_point, executor=executor, engine=engine, **asked)


def _only_one(workers: Workers) -> None:
    threads, executor = workers
    if executor is not None and threads is not None:
        raise QuestionError(f"threads={threads} counts only without an executor: leave one of the two out")


def replay(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    entry_point: str | None = None,
    trial: int = 0,
    seed: int = 0,
    start: str = START,
) -> Record:
    """The event log of one sample: row `trial`, from 0, of what `simulate` replays with the same seed.

    `entry_point` None is the first. `start` is the moment at which the attack starts, an ISO 8601 date and time. Raises
    QuestionError for a trial or a start that cannot be, else as `simulate`.
    """
    from simkit import __version__

    name = chosen_entry(scenario, entry_point)
    chosen = scenario.grant_policy(policy)
    world = world_of(scenario, chosen)
    about = {
        "scenario": scenario.name,
        "digest": scenario.digest,
        "policy": chosen.name,
        "version": __version__,
    }
    graph = attack_graph(world, horizon=scenario.horizon)
    return recorded(
        graph, name, Views.of(world), seed=checked_seed(seed), trial=checked_trial(trial), start=start, about=about
    )


def rank(
    scenario: Scenario,
    policy: PolicyLike = None,
    *,
    threads: int | None = None,
    executor: ExecutorLike = None,
    engine: str = CPU,
    ways: int = 0,
) -> Ranking:
    """Every credential (leaked) and identity (compromised) by the worst case of losing it under `policy`; for so many
    of the worst identities also one of the shortest `ways` to each goal that they reach.

    `threads` or an `executor` work it out, as in `simulate`; with the `engine` "cuda" a GPU does, here or on each
    worker of the executor. All give the same bytes. Raises as `simulate`, QuestionError for an unknown engine,
    InputError for "cuda" where no GPU is.
    """
    _only_one((threads, executor))
    reach_engine(engine)  # an unknown one is refused before anything is compiled
    entries = everything_lost(checked_scenario(scenario))
    attack = compile_attack(scenario, policy, entries=entries)
    worst = attack.worst_cases(entries, threads=threads, executor=executor, engine=engine)
    ranked = [
        Ranked(
            _lost_kind(entries[name]),
            entries[name].target,
            case.value,
            case.impact,
            case.goals,
            _alike(scenario, entries[name]),
        )
        for name, case in worst.items()
    ]
    ranked.sort(key=lambda row: (-row.value, -row.impact, row.kind, row.name))
    told = tuple(_shortest_ways(attack, ranked, ways))
    return Ranking(tuple(ranked), _exposure(scenario, worst), attack.provenance("(each)", engine="reach"), told)


def _shortest_ways(attack: Attack, ranked: Sequence[Ranked], many: int) -> Iterator[ShortestWay]:
    """One of the shortest ways to each goal for so `many` of the worst identities."""
    if not many:
        return
    graph, goals, finder = attack.graph, attack.legend.goals, WayFinder(attack.graph)
    for row in [row for row in ranked if row.kind == "identity" and row.goals][:many]:
        entry = graph.entry(f"compromise of {row.name}")
        for goal in row.goals:
            fact = goals[goal]
            ways = (finder.way(each, fact) for each in entry.starts if fact is not None)
            way = next(filter(None, ways), ())
            steps = (graph.steps[step] for step in way)
            yield ShortestWay(row.kind, row.name, goal, tuple((step.label, step.grounds) for step in steps))


def everything_lost(scenario: Scenario) -> dict[str, EntryPoint]:
    """An entry point for the leak of each credential and for the compromise of each identity of `scenario`."""
    leaks = [EntryPoint(f"leak of {name}", "leak", name) for name in scenario.model.credentials]
    owned = [EntryPoint(f"compromise of {name}", "compromise", name) for name in scenario.model.identities]
    return {entry.name: entry for entry in (*leaks, *owned)}


def _alike(scenario: Scenario, entry: EntryPoint) -> int:
    """How many are like what `entry` loses."""
    model = scenario.model
    owner = model.credentials[entry.target].identity if entry.kind == "leak" else entry.target
    return model.identities[owner].count


def _lost_kind(entry: EntryPoint) -> str:
    return "credential" if entry.kind == "leak" else "identity"


def _exposure(scenario: Scenario, worst: Mapping[str, WorstCase]) -> dict[str, float]:
    """For each goal the share of identities whose compromise can reach it."""
    cases = [(each.count, worst[f"compromise of {name}"]) for name, each in scenario.model.identities.items()]
    everybody = max(sum(count for count, _ in cases), 1)
    return {goal: sum(count for count, case in cases if goal in case.goals) / everybody for goal in scenario.goals}


def worst_case_pairs(
    scenario: Scenario, policy: PolicyLike = None, entry_points: str | Iterable[str] | None = None
) -> PairMatrix:
    """Which goals the worst case reaches from which of `entry_points` (one, several, or None for all) under `policy`.

    Raises QuestionError for an unknown entry point, PolicyError for an unknown policy.
    """
    entries = chosen_entries(scenario, entry_points)
    return pairs_of(compile_attack(scenario, policy, through=scenario.entry_points), entries)


def pairs_of(attack: Attack, entries: tuple[str, ...]) -> PairMatrix:
    """Which goals the worst case of `attack` reaches from which of `entries`, and what it comes from."""
    scenario = attack.scenario
    wordless = (goal.name for goal in scenario.goals.values() if goal.is_words)
    return PairMatrix(
        entries=entries,
        goals=tuple(scenario.goals),
        reached=reached_pairs(attack, entries),
        unstoppable=tuple(wordless),
        provenance=attack.provenance("(each)", engine="reach"),
    )


def reached_pairs(attack: Attack, entries: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Each of `entries` with each goal that the worst case of `attack` reaches from it."""
    return frozenset((entry, goal) for entry, case in attack.worst_cases(entries).items() for goal in case.goals)


def checked_trials(trials: int) -> int:
    """`trials` if it is a whole number from 1 to 2**34. Raises QuestionError."""
    if isinstance(trials, bool) or not isinstance(trials, int) or not 1 <= trials <= MOST_TRIALS:
        raise QuestionError(f"trials {trials!r} is not a whole number from 1 to 2**34: choose one")
    return trials


def checked_trial(trial: int) -> int:
    """`trial` if it is a whole number from 0 to below 2**34. Raises QuestionError."""
    if isinstance(trial, bool) or not isinstance(trial, int) or not 0 <= trial < MOST_TRIALS:
        raise QuestionError(f"trial {trial!r} is not a whole number from 0 to 2**34 - 1: choose one")
    return trial


def under(scenario: Scenario, policy: GrantPolicy) -> Scenario:
    """`scenario` with `policy` in force, added to its own."""
    return dataclasses.replace(scenario, policy=policy.name, policies={**scenario.policies, policy.name: policy})
