"""The report: everything that simkit measures about one attack, for people who decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simkit.blast_radius import AttackPath, BlastRadius, Comparison
from simkit.frameworks import Evidence, evidence
from simkit.narrowing import Plan, Recommendations, cut_off, plan_from, recommend
from simkit.policies import GrantPolicy
from simkit.report.summary import Findings
from simkit.scenario import Scenario
from simkit.simulation import chosen_entry, compare, under
from simkit.table import Table

MOST_PATHS = 8
"""Attack paths that are shown under each policy."""


@dataclass(frozen=True, eq=False)
class Report:
    """An attack through one entry point under several policies, and what to narrow under the one in force.

    `goal` is what is to be put out of reach; empty to make the value lost smaller. `html()` is the page.
    """

    scenario: Scenario
    comparison: Comparison
    ranking: Recommendations
    plan: Plan
    evidence: Evidence
    goal: str

    def __repr__(self) -> str:
        return f"Report({self.summary})"

    @property
    def in_force(self) -> BlastRadius:
        """The blast radius under the policy in force."""
        return self.comparison[self.comparison.against]

    @cached_property
    def findings(self) -> Findings:
        """What the report comes down to."""
        return Findings(self.scenario, self.comparison, self.ranking)

    @property
    def summary(self) -> str:
        """In one sentence: what is lost, what the best policy would save, what to do first."""
        return self.findings.sentence

    def paths(self, policy: str) -> list[AttackPath]:
        """The attack paths to show under `policy`: the most frequent to each goal, then the other frequent ones."""
        found = list(self.comparison[policy].paths(self.goal or None, limit=10 * MOST_PATHS))
        seen: dict[str, int] = {}
        places = []
        for place, path in enumerate(found):
            seen[path.goal] = seen.get(path.goal, 0) + 1
            places.append((seen[path.goal] > 1, place))
        return [found[place] for _, place in sorted(places)[:MOST_PATHS]]

    def tables(self) -> list[Table]:
        """Every table of the report."""
        parts = (self.comparison, self.plan, self.ranking, self.evidence)
        return [table for part in parts for table in part.tables()]

    def html(self) -> str:
        """The report as one HTML page that loads nothing: the same report gives the same bytes."""
        from simkit.report.page import page

        return page(self)


def report_on(
    scenario: Scenario,
    policy: str | GrantPolicy | None = None,
    *,
    policies: Iterable[str | GrantPolicy] | None = None,
    entry_point: str | None = None,
    goal: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
) -> Report:
    """The report on the attack through `entry_point` (None: the only one) while `policy` (None: as the file says) is in
    force.

    `policies` are those to compare (None: as `compare`). With a `goal` the plan is the cheapest set of removals that
    cuts it off; without, the best few changes for the value lost. Raises as `compare` and `cut_off`.

    >>> import simkit
    >>> drift = simkit.load("scenarios/incidents/salesloft-drift.yaml")
    >>> found = simkit.report_on(drift, policies=["task-scoped"], entry_point="token-of-one-customer", trials=20)
    >>> found.html().startswith("<!DOCTYPE html>")
    True
    """
    world = under(scenario, policy) if isinstance(policy, GrantPolicy) else scenario
    in_force = policy.name if isinstance(policy, GrantPolicy) else scenario.grant_policy(policy).name
    entry = chosen_entry(scenario, entry_point)
    asked: dict[str, Any] = {"trials": trials, "seed": seed, "threads": threads}
    compared = compare(world, policies, entry_point=entry, against=in_force, **asked)
    ranking = recommend(world, in_force, entry_point=entry, goal=goal, **asked)
    if goal is None:
        plan = plan_from(ranking)
    else:
        plan = cut_off(world, in_force, goal=goal, entry_point=entry, **asked)
    found = evidence(world, in_force, entry_point=entry, **asked)
    return Report(world, compared, ranking, plan, found, goal or "")
