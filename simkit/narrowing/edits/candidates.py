"""Every narrowing that the model offers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from simkit.entitlements import always
from simkit.errors import QuestionError, nearest
from simkit.model import CHANGES, Identity, Model, environments
from simkit.narrowing.edits.approvals_asked import approvals_asked
from simkit.narrowing.edits.close_runtime import closed_runtimes
from simkit.narrowing.edits.edit import Narrowing
from simkit.narrowing.edits.globs import by_operation
from simkit.narrowing.edits.keep_longer import kept_longer
from simkit.narrowing.edits.limits import asked_claims, asked_sources, boundaries, denies, tokens
from simkit.narrowing.edits.lower_quota import lower_quotas
from simkit.narrowing.edits.possible import Possible
from simkit.narrowing.edits.removals import CutTrust, DropEntitlements, DropRole, MoveCredential, MoveFile
from simkit.narrowing.edits.responses import better_responses
from simkit.narrowing.edits.restrictions import (
    AddCondition,
    AttenuateTrust,
    BindTargets,
    ConstrainSender,
    ShortenRole,
    ShortenSession,
    ShortenTtl,
    TurnDial,
)
from simkit.narrowing.edits.stop_answers import silent_agents
from simkit.narrowing.edits.unneeded import unneeded
from simkit.policies import DIALS, Dial, GrantPolicy, Token, sessions
from simkit.policies.sessions import lifetime
from simkit.privilege import OverPrivilege, over_privilege
from simkit.scenario import Scenario, checked_scenario
from simkit.simulation import PolicyLike, under
from simkit.techniques.givers import Givers, Holder

LIFETIMES = (86400.0, 3600.0, 900.0)
"""A day, an hour, and 15 minutes (the shortest AWS AssumeRole session): the lifetimes that are proposed, in seconds."""
ROLE_TTL = 3600.0
"""For how many seconds a role is active that was always there: the default of an AWS role session."""


def candidates(scenario: Scenario, policy: PolicyLike = None) -> tuple[Narrowing, ...]:
    """Every narrowing of `scenario` under `policy` (None: the one in force), each once, in a fixed order.

    Those that break tasks are among them; `recommend` says what each costs. Raises PolicyError.
    """
    base = in_force(scenario, policy)
    return tuple(dict.fromkeys(each_narrowing(base, over_privilege(base), Givers(base.model))))


KINDS = CHANGES
"""Every `Narrowing.kind`."""


def checked_kinds(without: Iterable[str]) -> frozenset[str]:
    """The kinds of narrowing that are not wanted. Raises QuestionError for one that is none."""
    given = [without] if isinstance(without, str) else list(without)
    for kind in given:
        if kind not in KINDS:
            raise QuestionError(f"no kind of narrowing is called {kind!r}: {nearest(kind, KINDS)}")
    return frozenset(given)


def in_force(scenario: Scenario, policy: PolicyLike = None) -> Scenario:
    """`scenario` with `policy` in force."""
    checked_scenario(scenario)
    if policy is None or policy == scenario.policy:
        return scenario
    if isinstance(policy, GrantPolicy):
        return under(scenario, policy)
    return replace(scenario, policy=scenario.grant_policy(policy).name)


def each_narrowing(scenario: Scenario, privilege: OverPrivilege, givers: Givers) -> Iterator[Narrowing]:
    """As `candidates`, under the policy in force; some may come twice."""
    possible = Possible(scenario.unchangeable)
    yield from (each for each in _each(scenario, privilege, givers) if possible(each))
    yield from (each for each in _dials(scenario) if possible(each) and _outlives_nothing(scenario, each))
    yield from (each for each in (*better_responses(scenario), *kept_longer(scenario)) if possible(each))


def _each(scenario: Scenario, privilege: OverPrivilege, givers: Givers) -> Iterator[Narrowing]:
    yield from _removals(scenario.model, givers)
    yield from (each.narrowing for each in unneeded(scenario.model, privilege, givers))
    yield from _bindings(scenario, givers)
    yield from denies(scenario.model, privilege, givers)
    yield from boundaries(scenario.model)
    yield from tokens(scenario.model, givers)
    yield from asked_claims(scenario.model)
    yield from asked_sources(scenario.model)
    yield from (AttenuateTrust(e.name) for e in scenario.model.trust if not e.attenuates and e.kind != "invoke")
    yield from _lifetimes(scenario)
    yield from _conditions(givers)
    yield from lower_quotas(scenario.model)
    yield from approvals_asked(scenario, givers)
    yield from closed_runtimes(scenario.model)
    yield from silent_agents(scenario.model)


def removals(scenario: Scenario, givers: Givers) -> Iterator[Narrowing]:
    """Every edit that only removes, down to one operation on one target: what exact sets are made of."""
    possible = Possible(scenario.unchangeable)
    yield from (each for each in _removals(scenario.model, givers) if possible(each))


def _removals(model: Model, givers: Givers) -> Iterator[Narrowing]:
    for holder, grants in givers.gives.items():
        yield from (DropEntitlements(holder, (grant,)) for grant in grants)
    for identity in model.identities.values():
        yield from (DropRole(identity.name, role) for role in identity.roles if not model.roles[role].limits)
    yield from (CutTrust(edge.name) for edge in model.trust)
    for resource in model.resources.values():
        yield from (MoveCredential(name, resource=resource.name) for name in resource.holds)
    for identity in model.identities.values():
        yield from (
            MoveCredential(name, identity=identity.name)
            for name in model.keys_in_runtime(identity.name)
            if model.credentials[name].identity != identity.name
        )
    for name in model.identities:
        yield from (MoveFile(file, name) for file in model.files_in_runtime(name))
    yield from (
        ConstrainSender(c.name)
        for c in model.credentials.values()
        if "bearer" in (c.binding, c.refresh.binding if c.refresh else "")
    )


def _bindings(scenario: Scenario, givers: Givers) -> Iterator[BindTargets]:
    """Operations of which tasks need less than is given: some of the targets, or only a part of what one contains."""
    for holder, grants in givers.gives.items():
        for operation, targets in by_operation(grants).items():
            needed = _targets_needed(scenario, holder, operation, givers)
            if needed and set(needed) != set(targets) and _is_narrower(scenario, operation, targets, needed, givers):
                yield BindTargets(holder, operation, tuple(needed))


def _targets_needed(scenario: Scenario, holder: Holder, operation: str, givers: Givers) -> list[str]:
    """The targets of `operation` that tasks of the holder's identities name, of those that it covers."""
    model = scenario.model
    having = set(holder.identities(model))
    deputy = model.tool_of(operation).runs_as
    gives = givers.gives[holder]
    found: dict[str, None] = {}
    for task in model.tasks.values():
        if task.entitled_as in having or deputy in having:
            for name, target in givers.resolver.needs(task.needs):
                given = (operation, target) in gives or any(
                    (operation, parent) in gives for parent in givers.containers.get(target, ())
                )
                if name == operation and target and given:
                    found[target] = None
    return list(found)


def _is_narrower(scenario: Scenario, operation: str, targets: list[str], needed: list[str], givers: Givers) -> bool:
    """A part in another environment than the whole is judged differently, and a goal may ask for the part by name:
    binding to such a part could add to what is reached."""
    homes = environments(scenario.model)
    aims = {target for goal in scenario.goals.values() for name, target in goal.operations if name == operation}
    for target in needed:
        if target not in targets:
            wholes = [parent for parent in givers.containers.get(target, ()) if parent in targets]
            here = homes.get(target, "")
            if target in aims or any(homes.get(whole, "") not in ("", here) for whole in wholes):
                return False
    return True


def _lifetimes(scenario: Scenario) -> Iterator[Narrowing]:
    for credential in scenario.model.credentials.values():
        yield from (ShortenTtl(credential.name, ttl) for ttl in LIFETIMES if ttl < lifetime(credential))
    for identity in scenario.model.identities.values():
        for role, lasts in identity.role_ttls:
            yield from (ShortenRole(identity.name, role, ttl) for ttl in LIFETIMES if ttl < lasts)
        if _work(scenario.model, identity) <= ROLE_TTL:
            roles = (role for role in identity.standing_roles if not scenario.model.roles[role].limits)
            yield from (ShortenRole(identity.name, role, ROLE_TTL) for role in roles)
    for edge in scenario.model.trust:
        if edge.kind != "invoke":
            yield from (ShortenSession(edge.name, ttl) for ttl in LIFETIMES if ttl < edge.ttl)


def _work(model: Model, identity: Identity) -> float:
    """Seconds that the longest task of `identity` takes on average; none has a role, and needs it for no time."""
    return max((task.duration.mean for task in model.tasks.values() if task.identity == identity.name), default=0.0)


def _conditions(givers: Givers) -> Iterator[AddCondition]:
    """Approval of each state-changing operation or read that a holder gives; an allow-list for all that it gives."""
    for holder, grants in givers.gives.items():
        free = [grant for grant, conditions in grants.items() if not always("approval", conditions)]
        yield from (AddCondition(holder, (operation,), "approval") for operation in by_operation(free))
        open_ = [grant for grant, conditions in grants.items() if not always("source", conditions)]
        if open_:
            yield AddCondition(holder, tuple(by_operation(open_)), "source")


def _dials(scenario: Scenario) -> Iterator[TurnDial]:
    policy = scenario.grant_policy()
    for identity in scenario.model.identities.values():
        leaf = policy.governing(identity)
        for dial in (name for name, row in DIALS.items() if row.takes and _proposed(leaf, row)):
            settings = DIALS[dial].settings
            stronger = settings[settings.index(getattr(leaf, dial)) + 1 :]
            yield from (TurnDial(identity.name, dial, setting) for setting in stronger)


def _proposed(leaf: GrantPolicy, row: Dial) -> bool:
    """False for how people approve where `leaf` says nothing of it: `context: approval` is proposed there, and the
    approval of each operation."""
    return not row.opted_into or leaf.approval != DIALS["approval"].start


def _outlives_nothing(scenario: Scenario, turn: TurnDial) -> bool:
    """False if some token would live longer: a task may take longer than the ttl that stands now."""
    if not DIALS[turn.dial].may_outlive:
        return True
    lives = [_longest(scenario, policy, turn.identity) for policy in (scenario.grant_policy(), turn.policy(scenario))]
    return all(now >= lives[1][name] for name, now in lives[0].items() if name in lives[1])


def _longest(scenario: Scenario, policy: GrantPolicy, identity: str) -> dict[str, float]:
    """For each credential of `identity` how long its longest-lived token lives, in seconds."""
    model, alone = scenario.model, replace(scenario.model.identities[identity], roles=(), role_ttls=(), entitlements=())
    mine = {name: task for name, task in model.tasks.items() if task.identity == identity}
    tasks = {name: replace(task, needs=(), on_behalf_of="") for name, task in mine.items()}
    own = {name: credential for name, credential in model.credentials.items() if credential.identity == identity}
    small = Model(identities={identity: alone}, credentials=own, tasks=tasks)
    cut = sessions(small, policy, rotation_period=scenario.response.rotation_period)
    return {name: max(map(_at_most, tokens), default=0.0) for name, tokens in cut.tokens.items()}


def _at_most(token: Token) -> float:
    """Seconds that `token` can live: of a run that varies the longest, not the mean. What is left of one that is met is
    never more than of a life of that length."""
    if token.run is not None:
        return float(max(token.run.quantiles()))
    return math.inf if token.longest is None else token.longest
