"""Edits of how responders answer: sooner, with more than to revoke secrets, and to more of what happens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from simkit.attackgraph import Ground
from simkit.distributions import Distribution, Empirical, Exponential, Fixed, Lognormal, Uniform, Weibull
from simkit.model import Model, Responder, ResponseAction
from simkit.narrowing.edits.edit import Narrowing
from simkit.policies import DIALS, GrantPolicy
from simkit.scenario import Scenario
from simkit.table import duration
from simkit.techniques.grounds import kind_of

STEP = 10.0
"""A delay is proposed that is so many times shorter (our assumption: no file says what a quicker response takes)."""
BESIDES = {
    "disable": "disable accounts",
    "terminate-sessions": "end sessions that are open",
    "clean-content": "clean what was planted",
    "evict-code": "evict code from runtimes",
}
"""What responders may do besides, in words."""
SPELLED = {
    "rotation": "log identity events of everybody, and rotate secrets",
    "automatic": "log what everybody does, and answer automatically",
}


def may_alarm(scenario: Scenario) -> bool:
    """True if anything could tell responders that something happens."""
    model = scenario.model
    shown = (each.shows_itself for _, _, each in model.operations())
    return bool(scenario.response.detection) or any(shown) or any(r.shows_itself for r in model.resources.values())


@dataclass(frozen=True, slots=True)
class AnswerSooner(Narrowing):
    """A responder of the file, or (empty) those of the policy, act after `delay` at most: those of the policy when they
    do by themselves, and after `lag` when they do it by hand."""

    responder: str
    delay: Distribution
    lag: Distribution | None = None
    kind: ClassVar[str] = "answer-sooner"

    @property
    def name(self) -> str:
        """Such as `Let code-host act within 2 h 24 min on average`."""
        by_hand = f", by hand within {duration(self.lag.mean)}" if self.lag else ""
        return f"Let {self.responder or 'responders'} act within {duration(self.delay.mean)}{by_hand} on average"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the shorter delays, where they are longer; what an action says of its own stays."""
        response = scenario.response
        if self.responder:
            who = response.responders[self.responder]
            delay = response.remediation_lag if who.delay is None else who.delay
            return _with_responder(scenario, replace(who, delay=_shorter(delay, self.delay)))
        lag = _shorter(response.remediation_lag, self.lag or response.remediation_lag)
        changed = replace(response, delay=_shorter(response.delay, self.delay), remediation_lag=lag)
        return replace(scenario, response=changed)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for all: whatever is noticed is answered sooner."""
        return True


@dataclass(frozen=True, slots=True)
class DoMore(Narrowing):
    """Responders do one thing more about what they know: one responder of the file, or (empty) those of the policy."""

    responder: str
    action: str
    kind: ClassVar[str] = "do-more"

    @property
    def name(self) -> str:
        """Such as `Let responders also clean what was planted`."""
        return f"Let {self.responder or 'responders'} also {BESIDES[self.action]}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with the action, beside those that there are; as it is where it is one of them."""
        response = scenario.response
        if self.responder:
            who = response.responders[self.responder]
            done = who.actions or response.actions or (ResponseAction("revoke-secret"),)
            return _with_responder(scenario, replace(who, actions=_and(done, self.action)))
        done = response.actions or tuple(map(ResponseAction, _by_default(scenario)))
        changed = replace(response, actions=_and(done, self.action))
        return replace(scenario, response=changed)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for all: what is known of an attack is dealt with by it."""
        return True


@dataclass(frozen=True, slots=True)
class LogMore(Narrowing):
    """The response dial is turned for everybody: more is logged, so that more is known and sooner dealt with."""

    setting: str
    kind: ClassVar[str] = "log-more"

    @property
    def name(self) -> str:
        """Such as `Turn response to automatic: log what everybody does, and answer automatically`."""
        return f"Turn response to {self.setting}: {SPELLED[self.setting]}"

    def apply(self, scenario: Scenario) -> Scenario:
        """The scenario with a policy of its own in force; as it is where the dial stands there, or further."""
        before = scenario.grant_policy()
        turned = self._turned(before)
        if turned == before:
            return scenario
        policies = {**scenario.policies, **{each.name: each for each in _leaves(turned) if each not in _leaves(before)}}
        return replace(scenario, policy=turned.name, policies=policies)

    def _turned(self, policy: GrantPolicy) -> GrantPolicy:
        behind = policy.otherwise and self._turned(policy.otherwise)
        if policy.at_least("response", self.setting) and behind == policy.otherwise:
            return policy
        setting = policy.response if policy.at_least("response", self.setting) else self.setting
        name, summary = f"{policy.name}, response {self.setting}", f"As {policy.name}, with response {self.setting}."
        return policy.turned(name=name, summary=summary, response=setting, otherwise=behind)

    def bears_on(self, ground: Ground, model: Model) -> bool:
        """True for all that is done by somebody: it stands in the log then."""
        return bool(kind_of(ground).owner(ground, model))


def better_responses(scenario: Scenario) -> Iterator[Narrowing]:
    """What responders could do better, where something tells them that anything happens."""
    if not may_alarm(scenario):
        return
    response, leaves = scenario.response, _leaves(scenario.grant_policy())
    for setting in DIALS["response"].settings[1:]:
        if response.detection and any(not leaf.at_least("response", setting) for leaf in leaves):
            yield LogMore(setting)
    for who in ("", *response.responders):
        yield from _sooner(scenario, who)
        now = response.responders[who].actions or response.actions if who else response.actions
        done = {each.kind for each in now} or ({"revoke-secret"} if who else set(_by_default(scenario)))
        yield from (DoMore(who, action) for action in BESIDES if action not in done and _HELPS[action](scenario))


def _planted(scenario: Scenario) -> bool:
    return any(entry.kind == "poison" or entry.tool for entry in scenario.entry_points.values())


def _code(scenario: Scenario) -> bool:
    model = scenario.model
    run = any(resource.run_by for resource in model.resources.values())
    executes = any(operation.effect == "execute" for _, _, operation in model.operations())
    return run or executes or any(entry.kind == "compromise" for entry in scenario.entry_points.values())


def _outliving(scenario: Scenario) -> bool:
    """True if the file says of something how its sessions behave, or something is assumed: that outlives its key."""
    model = scenario.model
    said = [each.session for each in model.tools.values()] + [each.session for each in model.credentials.values()]
    return any(said) or any(edge.session or edge.kind in ("assume", "federate") for edge in model.trust)


def _always(_: Scenario) -> bool:
    return True


_HELPS: dict[str, Callable[[Scenario], bool]] = {
    "disable": _always,
    "terminate-sessions": _outliving,
    "clean-content": _planted,
    "evict-code": _code,
}


def _leaves(policy: GrantPolicy) -> tuple[GrantPolicy, ...]:
    return (policy, *(_leaves(policy.otherwise) if policy.otherwise else ()))


def _by_default(scenario: Scenario) -> Iterable[str]:
    """What is done where the file says nothing: of policies that differ what the strongest does."""
    automatic = any(leaf.response == "automatic" for leaf in _leaves(scenario.grant_policy()))
    return ("revoke-secret", "disable") if automatic else ("revoke-secret",)


def _and(done: tuple[ResponseAction, ...], action: str) -> tuple[ResponseAction, ...]:
    return done if any(each.kind == action for each in done) else (*done, ResponseAction(action))


def _with_responder(scenario: Scenario, who: Responder) -> Scenario:
    response = scenario.response
    return replace(scenario, response=replace(response, responders={**response.responders, who.name: who}))


def _sooner(scenario: Scenario, who: str) -> Iterator[AnswerSooner]:
    """A tenth of the time for the responder called `who`, where that is known to be a time."""
    response = scenario.response
    given = response.responders[who].delay if who else response.delay
    delay, lag = _part(given or response.remediation_lag), _part(response.remediation_lag)
    if delay is not None and (who or lag is not None):
        yield AnswerSooner(who, delay, None if who else lag)


def _shorter(now: Distribution, proposed: Distribution) -> Distribution:
    return proposed if proposed.mean < now.mean else now


def _part(delay: Distribution) -> Distribution | None:
    """A tenth of `delay`, draw by draw; None for one that has no such form, or takes no time."""
    if not delay.mean:
        return None
    match delay:
        case Fixed(seconds):
            return Fixed(seconds / STEP)
        case Exponential(average):
            return Exponential(average / STEP)
        case Lognormal(median, sigma):
            return Lognormal(median / STEP, sigma)
        case Weibull(shape, scale):
            return Weibull(shape, scale / STEP)
        case Uniform(low, high):
            return Uniform(low / STEP, high / STEP)
        case Empirical(values):
            return Empirical(tuple(value / STEP for value in values))
    return None
