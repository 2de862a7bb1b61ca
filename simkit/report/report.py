"""The report: everything that simkit measures about one attack, for people who decide."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from simkit.blast_radius import AttackPath, AttackPaths, BlastRadius, Comparison
from simkit.controls import Evidence, evidence
from simkit.decisions import Sensitivity
from simkit.errors import QuestionError
from simkit.linter import lint
from simkit.narrowing import Plan, Recommendations, cut_off, plan_from, recommend
from simkit.persistence import Persistence, persistence_of
from simkit.policies import GrantPolicy
from simkit.report.rests_on import Basis, annual, asked_again, basis_of
from simkit.report.summary import Findings
from simkit.scenario import Scenario, chosen_entry
from simkit.simulation import PoliciesLike, compare, under
from simkit.table import Table

MOST_PATHS = 8
"""Attack paths that are shown under each policy."""


@dataclass(frozen=True, eq=False)
class Advice:
    """What to do about an attack: narrowings in order, a plan of them, and what was measured of public controls."""

    ranking: Recommendations
    plan: Plan
    evidence: Evidence


@dataclass(frozen=True, eq=False)
class Report:
    """An attack through one entry point under several policies, and what to narrow under the one in force.

    `goal` is what is to be put out of reach; empty to make the value lost smaller. `advice` is None in a quick report.
    `persistence` sets one try beside trying each time, under the policy in force; None where that is the same. `html()`
    is the page.
    """

    scenario: Scenario
    comparison: Comparison
    advice: Advice | None
    goal: str
    persistence: Persistence | None = None
    found: dict[str, AttackPaths] = field(default_factory=dict, init=False, repr=False)
    """The attack paths under each policy of which somebody asked."""

    def __repr__(self) -> str:
        return f"Report({self.summary})"

    @property
    def in_force(self) -> BlastRadius:
        """The blast radius under the policy in force."""
        return self.findings.in_force

    @cached_property
    def findings(self) -> Findings:
        """What the report comes down to."""
        return Findings(self.scenario, self.comparison, self.advice.ranking if self.advice else None)

    @property
    def summary(self) -> str:
        """In one sentence: what is lost, what the best policy would save, what to do first."""
        return self.findings.sentence

    @cached_property
    def caution(self) -> str:
        """What the linter asks about the scenario and touches this report, in one line; empty for nothing."""
        through = self.in_force.provenance.entry_point
        touched = lint(self.scenario).touching(self.comparison.policies, [through])
        # a page is the same bytes in whatever folder the file lies
        return replace(touched, file=os.path.basename(touched.file)).caution

    @cached_property
    def sure(self) -> Sensitivity | None:
        """Whether the best policy beats the one in force whatever is not known; None in a quick report, and where
        everything is known."""
        shown = self.in_force.provenance
        best = self.findings.best.provenance.policy
        return asked_again(self.scenario, shown.policy, best, shown.entry_point) if self.advice else None

    @cached_property
    def basis(self) -> Basis:
        """Every input in force: its value, range and source, and whether it could turn the answer."""
        return basis_of(self.scenario, self.sure)

    @property
    def annual(self) -> Table | None:
        """What a year costs under each policy, where the file has a currency and frequencies."""
        return annual(self.scenario, self.comparison.results)

    def paths(self, policy: str) -> list[AttackPath]:
        """The attack paths to show under `policy`: the most frequent to each goal, then the other frequent ones."""
        found = self._frequent(policy).paths
        seen: dict[str, int] = {}
        places = []
        for place, path in enumerate(found):
            seen[path.goal] = seen.get(path.goal, 0) + 1
            places.append((seen[path.goal] > 1, place))
        return [found[place] for _, place in sorted(places)[:MOST_PATHS]]

    def paths_table(self) -> Table:
        """The most frequent attack paths under the policy in force."""
        found = self._frequent(self.comparison.against)
        return replace(found, paths=found.paths[:MOST_PATHS]).table()

    def _frequent(self, policy: str) -> AttackPaths:
        """The most frequent attack paths under `policy`. The samples are asked once: they may have been put away."""
        if policy not in self.found:
            self.found[policy] = self.comparison[policy].paths(self.goal or None, limit=10 * MOST_PATHS)
        return self.found[policy]

    def tables(self) -> list[Table]:
        """Every table of the report."""
        found = self.comparison.tables() + ([self.persistence.table()] if self.persistence else [])
        if self.advice:
            for part in (self.advice.plan, self.advice.ranking, self.advice.evidence):
                found += part.tables()
        return found

    def html(self) -> str:
        """The report as one HTML page that loads nothing: the same report gives the same bytes."""
        from simkit.report.page import page

        return page(self)


def report_on(
    scenario: Scenario,
    policy: str | GrantPolicy | None = None,
    *,
    policies: PoliciesLike | None = None,
    entry_point: str | None = None,
    goal: str | None = None,
    trials: int = 1000,
    seed: int = 0,
    threads: int | None = None,
    quick: bool = False,
) -> Report:
    """The report on the attack through `entry_point` (None: the first) while `policy` (None: as the file says) is in
    force.

    `policies` are those to compare (None: as `compare`). With a `goal` the plan is the cheapest set of removals that
    cuts it off; without, the best few changes for the value lost. `quick` leaves out what to narrow and the controls,
    which take most of the time. Raises as `compare` and `cut_off`; QuestionError for a goal in a quick report.

    >>> import simkit
    >>> drift = simkit.load("scenarios/incidents/salesloft-drift.yaml")
    >>> found = simkit.report_on(drift, policies=["task-scoped"], entry_point="token-of-one-customer", trials=20)
    >>> found.html().startswith("<!DOCTYPE html>")
    True
    """
    if quick and goal is not None:
        raise QuestionError(f"a quick report has no plan for {goal!r}: leave out the goal, or `quick`")
    entry = chosen_entry(scenario, entry_point)
    world = under(scenario, policy) if isinstance(policy, GrantPolicy) else scenario
    in_force = scenario.grant_policy(policy).name
    asked: dict[str, Any] = {"trials": trials, "seed": seed, "threads": threads}
    compared = compare(world, policies, entry_point=entry, against=in_force, **asked)
    again = persistence_of(compared[in_force], world, threads=threads)
    if quick:
        return Report(world, compared, None, "", again)
    ranking = recommend(world, in_force, entry_points=entry, goal=goal, **asked)
    if goal is None:
        plan = plan_from(ranking)
    else:
        plan = cut_off(world, in_force, goal=goal, entry_points=entry, **asked)
    found = evidence(world, in_force, entry_points=entry, **asked)
    return Report(world, compared, Advice(ranking, plan, found), goal or "", again)
