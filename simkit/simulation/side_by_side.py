"""The same attack under several policies: compiled and replayed one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from simkit.blast_radius import BlastRadius, Comparison, PairMatrix
from simkit.blast_radius.put_away import PutAway, asked_of
from simkit.engines import Outcomes
from simkit.engines.reach import worst_cases
from simkit.engines.replay import replays
from simkit.errors import PolicyError, QuestionError, in_short
from simkit.execution.executors import ExecutorLike
from simkit.fate import checked_seed
from simkit.policies import GrantPolicy, checked_policy, named_policies
from simkit.progress import steps
from simkit.scenario import Scenario, chosen_entries, chosen_entry
from simkit.simulation.attack import Attack, compile_attack, see_goals
from simkit.simulation.simulation import Workers, checked_trials, in_memory, outcomes_of, pairs_of, replayed

TOGETHER = 1 << 28
"""Bytes that the graphs and samples of one comparison may take together; what would take more is put away."""
STEP, REACHED = 1800, 12
"""Bytes that a step of a graph takes (measured at a million steps), and a fact in a sample."""
AT_ONCE = 512
"""Samples of a result to be put away that are held at a time."""

PoliciesLike = str | GrantPolicy | Iterable[str | GrantPolicy]
"""Several policies, or one."""


def compare(
    scenario: Scenario,
    policies: PoliciesLike | None = None,
    *,
    entry_point: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    executor: ExecutorLike = None,
    against: str | None = None,
) -> Comparison:
    """Replay the same attack, sample by sample, under each of `policies`, through `entry_point` (None: the first).

    None takes what the scenario's `compare` says, else its own policies and the named ones. Differences are against
    the policy `against`, one of `policies` or of the scenario (None: the one in force), which is added if it is
    missing. Raises as `simulate`.
    """
    name = chosen_entry(scenario, entry_point)
    chosen = several(policies) if policies is not None else list(scenario.compare)
    if not chosen:
        chosen = list(dict.fromkeys([*named_policies(), *scenario.policies]))
    names = [policy if isinstance(policy, str) else policy.name for policy in chosen]
    twice = next((each for each in names if names.count(each) > 1), None)
    if twice is not None:
        raise QuestionError(f"policy {twice!r} stands twice in this comparison: leave one out, or rename it")
    if against is not None and not isinstance(against, str):
        raise PolicyError(f"{against!r} is not the name of a policy: give `against` as a name, such as 'rbac'")
    base = against if against in names else scenario.grant_policy(against).name
    compared = [scenario.grant_policy(policy) for policy in (chosen if base in names else [base, *chosen])]
    asked = SideBySide(scenario, name, checked_trials(trials), checked_seed(seed), (threads, executor))
    found = [*asked.each(steps(compared))]
    pairs = {policy.name: each for policy, (_, each) in zip(compared, found, strict=True)}
    see_goals(scenario, {goal for each in pairs.values() for _, goal in each.reached})
    made = {policy.name: policy for policy in compared}
    return Comparison(tuple(result for result, _ in found), base, pairs, made, scenario.unit, scenario.prices)


@dataclass(frozen=True, eq=False)
class SideBySide:
    """What a comparison asks: `trials` samples of `scenario` through `entry_point`."""

    scenario: Scenario
    entry_point: str
    trials: int
    seed: int
    workers: Workers
    last: dict[GrantPolicy, BlastRadius] = field(default_factory=dict, init=False, repr=False)

    def each(self, policies: Iterable[GrantPolicy]) -> Iterator[tuple[BlastRadius, PairMatrix]]:
        """What comes of each of `policies`, and which pairs of the whole scenario succeed under it: whole as long as
        all of them fit into memory together, the others put away before the next is compiled."""
        taken = 0
        for policy in policies:
            found, size = self._compared(policy, taken)
            taken += size
            yield found

    def whole(self, policy: GrantPolicy) -> BlastRadius:
        """The blast radius under `policy`; the last one that was asked for is kept."""
        if policy not in self.last:
            self.last.clear()
            self.last[policy] = self._replayed(self._compiled(policy))
        return self.last[policy]

    def _compared(self, policy: GrantPolicy, taken: int) -> tuple[tuple[BlastRadius, PairMatrix], int]:
        """The result under `policy`, and how many bytes it holds beside those that are `taken`."""
        attack = self._compiled(policy)
        size = len(attack.graph.steps) * STEP + self.trials * len(attack.graph.facts) * REACHED
        fits = taken + size <= TOGETHER
        result = self._replayed(attack) if fits else self._put_away(attack)
        return (result, pairs_of(attack, chosen_entries(self.scenario, None))), size if fits else 0

    def _compiled(self, policy: GrantPolicy) -> Attack:
        return compile_attack(self.scenario, policy, through=self.scenario.entry_points)

    def _replayed(self, attack: Attack) -> BlastRadius:
        return replayed(attack, self.entry_point, trials=self.trials, seed=self.seed, workers=self.workers)

    def _put_away(self, attack: Attack) -> BlastRadius:
        with in_memory(attack.graph, self.trials):
            return PutAway(
                attack.graph,
                self._samples(attack),
                legend=attack.legend,
                worst_case=attack.worst_cases([self.entry_point])[self.entry_point],
                utility=attack.utility,
                provenance=attack.provenance(self.entry_point, seed=self.seed, trials=self.trials),
                again=partial(self.whole, attack.policy),
            )

    def _samples(self, attack: Attack) -> Iterator[Outcomes]:
        """All samples of `attack`, some at a time where threads of this process work, and then of the facts alone that
        one can reach, or that somebody asks about."""
        graph = attack.graph
        if self.workers[1] is not None:
            yield outcomes_of(graph, self.entry_point, self.seed, self.trials, self.workers)
            return
        held = np.asarray(worst_cases(graph, graph.entry(self.entry_point).starts).any(axis=0))
        held[asked_of(attack.legend)] = True
        facts = np.flatnonzero(held).tolist()
        asked: dict[str, Any] = {"seed": self.seed, "trials": self.trials, "at_once": AT_ONCE, "facts": facts}
        yield from replays(graph, self.entry_point, threads=self.workers[0], **asked)


def several(policies: PoliciesLike) -> list[str | GrantPolicy]:
    """`policies` as a list; one alone is a list of one, as its name is not meant letter by letter.

    Raises PolicyError for what is no list, for an empty one, and for one with something else in it. A mapping is none:
    whether its keys or its values are meant, nobody can tell.
    """
    if isinstance(policies, str | GrantPolicy):
        return [policies]
    if isinstance(policies, Mapping) or not isinstance(policies, Iterable):
        raise PolicyError(f"{in_short(policies)} is no list of grant policies: give one, such as ['rbac', 'jit']")
    given = [checked_policy(each) for each in policies]
    if not given:
        raise PolicyError("no policy is in the list: name at least one, or leave the list out")
    return given
