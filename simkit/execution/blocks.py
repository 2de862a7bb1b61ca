"""What travels: a graph without its names, and blocks of samples or of worst cases there and back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simkit.attackgraph import AttackGraph, Fact, Ground, Step
from simkit.engines.outcomes import NEVER, Outcomes
from simkit.engines.registry import CPU, reach_engine, replay_engine
from simkit.execution.executors import ExecutorLike, Shared, spread
from simkit.progress import steps

MESSAGE = 16 * 1024 * 1024
"""The most bytes that one block of outcomes should have: a sample has 12 for each fact."""
LARGEST, SMALLEST = 4096, 64
"""Samples in one block: bounds."""
NAMELESS_FACT = Fact("", "")
NAMELESS_STEP = Step("", "", (), (), (Ground("flow"),))

Starts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Samples `offset` to `offset + trials` of the attack through `entry`, and the engine that replays them; the
    `facts` of which something is kept (None: all), and whether `only_whether` they are reached is asked."""

    entry: str
    seed: int
    offset: int
    trials: int
    engine: str = CPU
    facts: tuple[int, ...] | None = None
    only_whether: bool = False


def bare(graph: AttackGraph) -> AttackGraph:
    """`graph` without names, which no engine reads: about 200 bytes a step travel, and not 2,000."""
    return replace(
        graph, facts=(NAMELESS_FACT,) * len(graph.facts), steps=(NAMELESS_STEP,) * len(graph.steps), index={}
    )


def samples_in_a_block(facts: int) -> int:
    """How many samples, of which `facts` facts are kept, fit into one message: as many words of 64.

    >>> samples_in_a_block(100), samples_in_a_block(10_000)
    (4096, 128)
    """
    fit = MESSAGE // (12 * max(facts, 1)) // 64 * 64
    return min(LARGEST, max(SMALLEST, fit))


def replay_block(graph: AttackGraph, block: Block) -> Outcomes:
    """The outcomes of `block`, on one thread."""
    return replay_engine(block.engine).replay(
        graph,
        block.entry,
        seed=block.seed,
        trials=block.trials,
        offset=block.offset,
        threads=1,
        facts=block.facts,
        only_whether=block.only_whether,
    )


def replayed(
    graph: AttackGraph,
    entry: str,
    *,
    seed: int,
    trials: int,
    executor: ExecutorLike,
    engine: str = CPU,
    facts: tuple[int, ...] | None = None,
    only_whether: bool = False,
) -> Outcomes:
    """Samples 0 to `trials` of the attack through `entry`, worked out by `executor`: the bytes of one thread. `facts`
    and `only_whether` are those of the engine.

    Raises as `spread`, and QuestionError for an entry that the graph does not have.
    """
    graph.entry(entry)
    columns = len(graph.facts) if facts is None else len(facts)
    each = samples_in_a_block(columns)
    blocks = (
        Block(entry, seed, begin, min(each, trials - begin), engine, facts, only_whether)
        for begin in range(0, trials, each)
    )
    found = Outcomes(
        first=np.full((trials, columns), NEVER, dtype=np.int64),
        by=np.full((trials, columns), NEVER, dtype=np.int32),
        contained=np.full(trials, NEVER, dtype=np.int64),
        variant=np.full(trials, NEVER, dtype=np.int32),
        seed=seed,
        kept=facts,
    )
    parts = spread(replay_block, Shared(bare(graph)), blocks, executor)
    for block, part in steps(parts, -(-trials // each)):
        rows = slice(block.offset, block.offset + block.trials)
        for name in ("first", "by", "contained", "variant"):
            getattr(found, name)[rows] = getattr(part, name)
    return found


def worst_block(graph: AttackGraph, item: tuple[int, str, Starts]) -> NDArray[np.uint8]:
    """The facts (columns) that follow from each start of the block, eight to a byte."""
    _, engine, starts = item
    return np.packbits(reach_engine(engine).worst_cases(graph, starts, threads=1), axis=1)


def worst_in_blocks(
    graph: AttackGraph,
    blocks: Sequence[Starts],
    executor: ExecutorLike,
    *,
    threads: int | None = None,
    engine: str = CPU,
) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Each of `blocks` (its number) with the facts (columns) that follow from each of its starts, in any order.

    `engine` is a row of `simkit.engines.registry`. Without an executor `threads` work within one block after another.
    Raises as `spread`, and as the engine.
    """
    if executor is None:
        for number, starts in enumerate(blocks):
            yield number, reach_engine(engine).worst_cases(graph, starts, threads=threads)
        return
    items = ((number, engine, starts) for number, starts in enumerate(blocks))
    for (number, _, _), packed in spread(worst_block, Shared(bare(graph)), items, executor, threads=threads):
        yield number, np.unpackbits(packed, axis=1, count=len(graph.facts)).astype(np.bool_)
