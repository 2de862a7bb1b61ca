"""What an attack does, told by names: so that graphs can be compared that number facts and steps in another way."""

from __future__ import annotations

from simkit.attackgraph import Fact
from simkit.engines.reach import worst_cases
from simkit.engines.replay import replay
from simkit.simulation import Attack

Sample = tuple[dict[Fact, tuple[int, str]], int, int]
WRITTEN_DOWN = ("copied", "seen")
"""Facts that count for nothing by themselves: a copy is not made where nobody is better off for it, and one thing may
stand for others."""


def happened(attack: Attack, entry: str, trials: int = 20) -> list[Sample]:
    """For each sample which facts held, since when and by which step, when it was contained, its variant."""
    graph = attack.graph
    found = replay(graph, entry, seed=3, trials=trials, threads=1)
    return [
        (
            {graph.facts[f]: (int(first), graph.steps[by].key) for f, (first, by) in enumerate(each) if first >= 0},
            contained,
            variant,
        )
        for each, contained, variant in zip(
            (zip(*rows, strict=True) for rows in zip(found.first, found.by, strict=True)),
            found.contained.tolist(),
            found.variant.tolist(),
            strict=True,
        )
    ]


def worst(attack: Attack, entry: str) -> list[set[Fact]]:
    """What each variant can reach at all."""
    entered = attack.graph.entry(entry)
    held = worst_cases(attack.graph, [entered.roots(variant) for variant in range(len(entered.names))], threads=1)
    return [{attack.graph.facts[fact] for fact in row.nonzero()[0]} for row in held]


def without_copies(samples: list[Sample]) -> list[Sample]:
    """`samples`, without what counts for nothing by itself."""
    return [({f: how for f, how in held.items() if f.kind not in WRITTEN_DOWN}, *rest) for held, *rest in samples]


def reached(attack: Attack, entry: str) -> list[set[Fact]]:
    """The same of what each variant can reach at all."""
    return [{each for each in held if each.kind not in WRITTEN_DOWN} for held in worst(attack, entry)]
