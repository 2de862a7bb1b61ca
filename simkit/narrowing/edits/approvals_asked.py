"""Edits of who approves: one person more, no exemption, asked everywhere, shown what is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Ground
from simkit.entitlements import always
from simkit.model import ApprovalRule, Model, Quorum
from simkit.model.references import fits
from simkit.narrowing.edits.edit import Narrowing
from simkit.policies import DIALS
from simkit.scenario import Scenario
from simkit.techniques.givers import Givers
from simkit.techniques.grounds import granted


@dataclass(frozen=True, slots=True)
class AskOneMore(Narrowing):
    """One person more is asked about what a rule of approval covers, and one more must agree."""

    rule: ApprovalRule
    kind: ClassVar[str] = "ask-one-more"

    @property
    def name(self) -> str:
        """Such as `Let 2 of 2 people approve cloud.delete`."""
        return f"Let {self.rule.of.k} of {self.rule.of.n} people approve {_covered(self.rule)}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the rule; as it is where the rule asks for as many already."""
        now = scenario.response.approvals.get(self.rule.name)
        if now is not None and now.of.k >= self.rule.of.k:
            return scenario
        return _with_rule(scenario, self.rule if now is None else replace(now, of=self.rule.of))

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of what the rule covers."""
        return _covers(self.rule, ground)


@dataclass(frozen=True, slots=True)
class EndException(Narrowing):
    """A rule of approval holds where it did not: for a role, in a task, in an environment."""

    rule: ApprovalRule
    exception: str
    kind: ClassVar[str] = "end-exception"

    @property
    def name(self) -> str:
        """Such as `Ask for cloud.delete also under role operator`."""
        where = f"under role {self.exception}" if self.exception in self.rule.exempt else f"in {self.exception}"
        return f"Ask people about {_covered(self.rule)} also {where}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The rule without the exception."""
        now = scenario.response.approvals[self.rule.name]
        exempt = tuple(role for role in now.exempt if role != self.exception)
        off_in = tuple(place for place in now.off_in if place != self.exception)
        return _with_rule(scenario, replace(now, exempt=exempt, off_in=off_in))

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of what the rule covers."""
        return _covers(self.rule, ground)


@dataclass(frozen=True, slots=True)
class ShowWhatIsDone(Narrowing):
    """Who approves sees what is done, and not something else."""

    rule: ApprovalRule
    kind: ClassVar[str] = "show-what-is-done"

    @property
    def name(self) -> str:
        """Such as `Show who approves wallet.transfer what is done`."""
        return f"Show who approves {_covered(self.rule)} what is done"

    def apply(self, scenario: Scenario) -> Scenario:
        """The rule with open eyes."""
        return _with_rule(scenario, replace(scenario.response.approvals[self.rule.name], blind=False))

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for uses of what the rule covers."""
        return _covers(self.rule, ground)


def approvals_asked(scenario: Scenario, givers: Givers) -> Iterator[Narrowing]:
    """What the rules of approval could ask more, and a second person for operations that one approves."""
    rules = scenario.response.approvals.values()
    for rule in rules:
        yield from (EndException(rule, each) for each in (*rule.exempt, *rule.off_in))
        if rule.blind:
            yield ShowWhatIsDone(rule)
        else:
            yield AskOneMore(replace(rule, of=Quorum(rule.of.k + 1, rule.of.n + 1)))
    for operation in dict.fromkeys(_approved(scenario, givers)):
        if not any(_named(rule, operation) for rule in rules):
            yield AskOneMore(ApprovalRule(f"approval of {operation}", (operation,), Quorum(2, 2)))


def _approved(scenario: Scenario, givers: Givers) -> Iterator[str]:
    """The operations that somebody approves: as entitlements say, or as the policy does."""
    for grants in givers.gives.values():
        yield from (grant[0] for grant, conditions in grants.items() if always("approval", conditions))
    model, policy = scenario.model, scenario.grant_policy()
    asking = {policy.governing(identity).approves for identity in model.identities.values()} - {DIALS["approval"].start}
    for name, _, operation in model.operations():
        if "all" in asking or (asking and operation.waits_for_approval):
            yield name


def _with_rule(scenario: Scenario, rule: ApprovalRule) -> Scenario:
    approvals = {**scenario.response.approvals, rule.name: rule}
    return replace(scenario, response=replace(scenario.response, approvals=approvals))


def _named(rule: ApprovalRule, operation: str) -> bool:
    return any(fits(operation, pattern) for pattern in rule.covers or ("*",))


def _covers(rule: ApprovalRule, ground: Ground) -> bool:
    operation, _ = granted(ground) or ("", "")
    return bool(operation) and _named(rule, operation)


def _covered(rule: ApprovalRule) -> str:
    return ", ".join(rule.covers) or "anything"
