"""Runs a sweep: one graph after another, its blocks anywhere, finished ones kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from simkit.attackgraph import AttackGraph
from simkit.blast_radius import Provenance
from simkit.engines.replay import replays
from simkit.errors import QuestionError
from simkit.execution import Block, ExecutorLike, Shared, bare, spread
from simkit.execution.blocks import samples_in_a_block
from simkit.execution.checkpoint import Checkpoint
from simkit.fate import checked_seed
from simkit.measures import measure_of
from simkit.policies import GrantPolicy
from simkit.progress import steps
from simkit.scenario import Scenario, chosen_entries, scenarios_of
from simkit.simulation import PoliciesLike, checked_trials, compile_attack, several
from simkit.sweeps.sweep_result import Cell, SweepResult
from simkit.sweeps.tally import Meaning, Tally

BLOCK = 4096
"""Samples in a block: the unit of work, and of what is lost when a machine dies."""


@dataclass(frozen=True, slots=True)
class GraphJob:
    """What all blocks of one graph share."""

    graph: AttackGraph
    meaning: Meaning


def tallied(job: GraphJob, block: Block) -> Tally:
    """The tally of `block`: a part of it in memory at a time, and of each sample only what a tally looks at."""
    total, columns = Tally(), job.meaning.columns
    parts = replays(
        job.graph,
        block.entry,
        seed=block.seed,
        trials=block.trials,
        offset=block.offset,
        at_once=samples_in_a_block(len(columns)),
        threads=1,
        facts=columns,
    )
    for outcomes in parts:
        total = total + Tally.of(outcomes, job.meaning)
    return total


def sweep(
    scenarios: Scenario | Iterable[Scenario],
    policies: PoliciesLike | None = None,
    entry_points: str | Iterable[str] | None = None,
    *,
    trials: int = 1000,
    seed: int = 0,
    block: int = BLOCK,
    threads: int | None = None,
    executor: ExecutorLike = None,
    checkpoint: str | os.PathLike[str] | None = None,
    measures: str | Iterable[str] = (),
) -> SweepResult:
    """Replay every scenario under every policy through every entry point, and keep sums, counts and histograms.

    None takes for each scenario the policy in force, and all of its entry points. Blocks of `block` samples go to
    `threads` threads or to an `executor` as in `simulate`; they are reduced where they are worked out, so that memory
    and traffic do not grow with `trials`. Into the folder `checkpoint` each finished block is written, and the same
    sweep begun again does only what is missing; more trials extend it. `measures` are further ones of which the mean is
    kept, such as "goals-reached" or a resource: `result[cell].measured(name)`. The result has the same `digest`
    wherever it is worked out. Raises as `simulate`; QuestionError for two scenarios of one name; InputError for a
    checkpoint of another sweep, or a damaged one.
    """
    cells = list(_cells(scenarios_of(scenarios), None if policies is None else several(policies), entry_points))
    wanted = [measures] if isinstance(measures, str) else list(measures)
    count, checked = checked_trials(trials), checked_seed(seed)
    size = _checked_block(block)
    kept = Checkpoint.opened(checkpoint, _plan(cells, checked, size, wanted)) if checkpoint is not None else None
    tallies: dict[Cell, Tally] = {}
    provenances: dict[Cell, Provenance] = {}
    for scenario, policy, entries in steps(list(_grouped(cells))):
        attack = compile_attack(scenario, policy)
        rows = [measure_of(name, scenario.goals, scenario.model.resources) for name in wanted]
        job = GraphJob(bare(attack.graph), Meaning.of(attack.legend, {row.name: row.sampler(attack) for row in rows}))
        for cell in entries:
            tallies[cell] = Tally()
            provenances[cell] = attack.provenance(cell.entry_point, seed=checked, trials=count)
        blocks = _blocks(job, entries, (checked, count, size), kept, (threads, executor))
        for name, tally in steps(blocks, len(entries) * -(-count // size)):
            tallies[name] = tallies[name] + tally
    return SweepResult(tallies, provenances)


_Work = tuple[Scenario, GrantPolicy, Cell]


def _cells(
    scenarios: Sequence[Scenario],
    policies: Sequence[str | GrantPolicy] | None,
    entry_points: str | Iterable[str] | None,
) -> Iterator[_Work]:
    names = [scenario.name for scenario in scenarios]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise QuestionError(f"two scenarios are called {twice[0]!r}: rename one" if twice else "no scenario is given")
    seen: set[Cell] = set()
    wanted = entry_points if entry_points is None or isinstance(entry_points, str) else list(entry_points)
    for scenario in scenarios:
        for policy in [None] if policies is None else policies:
            chosen = scenario.grant_policy(policy)
            for entry in chosen_entries(scenario, wanted):
                cell = Cell(scenario.name, chosen.name, entry)
                if cell in seen:
                    raise QuestionError(f"({cell}) stands twice in this sweep: leave one out, or rename a policy")
                seen.add(cell)
                yield scenario, chosen, cell


def _checked_block(block: int) -> int:
    # four samples share a draw of the generator, and a block begins with the first of them
    if isinstance(block, bool) or not isinstance(block, int) or block < 4 or block % 4:
        raise QuestionError(f"block {block!r} is not a multiple of 4 samples: choose one, such as {BLOCK}")
    return block


def _grouped(cells: Iterable[_Work]) -> Iterator[tuple[Scenario, GrantPolicy, list[Cell]]]:
    """The cells of one graph together."""
    groups: dict[tuple[str, str], tuple[Scenario, GrantPolicy, list[Cell]]] = {}
    for scenario, policy, cell in cells:
        groups.setdefault((scenario.name, policy.name), (scenario, policy, []))[2].append(cell)
    yield from groups.values()


def _plan(cells: Iterable[_Work], seed: int, block: int, measures: Sequence[str]) -> Mapping[str, Any]:
    """What must be the same for a finished block to count."""
    from simkit import __version__

    named = [[scenario.digest, repr(policy), cell.entry_point] for scenario, policy, cell in cells]
    asked = {"measures": list(measures)} if measures else {}
    return {"cells": named, "seed": seed, "block": block, "simkit": __version__, **asked}


def _blocks(
    job: GraphJob,
    cells: Sequence[Cell],
    size: tuple[int, int, int],
    kept: Checkpoint | None,
    workers: tuple[int | None, ExecutorLike],
) -> Iterator[tuple[Cell, Tally]]:
    """The tallies of all blocks of `cells`: those that are kept, then the others as they are done."""
    seed, trials, each = size
    of_entry = {cell.entry_point: cell for cell in cells}
    left: list[Block] = []
    for cell in cells:
        for begin in range(0, trials, each):
            block = Block(cell.entry_point, seed, begin, min(each, trials - begin))
            if kept is not None and _name(cell, block) in kept:
                yield cell, Tally.from_dict(kept.load(_name(cell, block)))
            else:
                left.append(block)
    threads, executor = workers
    for block, tally in spread(tallied, Shared(job), left, executor, threads=threads) if left else ():
        cell = of_entry[block.entry]
        if kept is not None:
            kept.keep(_name(cell, block), tally.to_dict())
        yield cell, tally


def _name(cell: Cell, block: Block) -> str:
    """The name of a block's file: which cell, and which of its samples."""
    text = "\0".join((cell.scenario, cell.policy, cell.entry_point))
    return f"{blake2b(text.encode(), digest_size=8).hexdigest()}-{block.offset}-{block.trials}"
