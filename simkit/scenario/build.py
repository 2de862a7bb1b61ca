"""From what the file gives to the frozen values; what it leaves out has the default of the value itself."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from simkit.errors import Problem, nearest
from simkit.model import (
    ApprovalRule,
    Attacker,
    ControlPrices,
    Credential,
    Currency,
    Detection,
    Entitlement,
    EntryPoint,
    Goal,
    GoalTerm,
    Identity,
    Model,
    Need,
    ObservedCall,
    ObservedRun,
    Operation,
    Quorum,
    Refresh,
    Resource,
    Responder,
    Response,
    ResponseAction,
    Role,
    SessionEvents,
    SessionTerms,
    Task,
    Tool,
    TrustEdge,
    Unchangeable,
)
from simkit.policies import GrantPolicy, Selector, named_policies
from simkit.scenario import schema as s
from simkit.scenario.assignments import timed
from simkit.scenario.edge_conditions import sorted_out
from simkit.scenario.expectations import Expectation
from simkit.scenario.scenario import Assumption, IncidentRecord, Scenario, Source


def scenario(part: s.ScenarioPart, policies: dict[str, GrantPolicy], file: str, **about: Any) -> Scenario:
    """The scenario that `part` describes; `about` are fields that say how it was read. Raises ScenarioError for
    references that dangle."""
    return Scenario(
        **part.given(*_BUILT),
        model=model(part),
        entry_points={name: _entry_point(name, given) for name, given in part.entry_points.items()},
        goals={name: _goal(name, given) for name, given in part.goals.items()},
        response=_response(part.response),
        attacker=Attacker(**part.attacker.given()),
        policies=policies,
        compare=tuple(part.compare),
        expect={name: Expectation(name, **given.given()) for name, given in part.expect.items()},
        observed=tuple(_observed(run) for run in part.observed),
        unchangeable=tuple(Unchangeable(**each.given()) for each in part.unchangeable),
        sources=tuple(Source(**source.given()) for source in part.sources),
        assumptions=tuple(Assumption(**assumption.given()) for assumption in part.assumptions),
        incident=IncidentRecord(**part.incident.given()) if part.incident else None,
        file=file,
        unit=None if part.unit is None else Currency(*next(iter(part.unit.items()))),
        prices=None if part.prices is None else _prices(part.prices),
        **about,
    )


def _prices(part: s.PricesPart) -> ControlPrices:
    policies = {name: given.per_year for name, given in part.policies.items()}
    return ControlPrices(policies=policies, **part.given("policies"))


def _observed(part: s.ObservedPart) -> ObservedRun:
    calls = tuple(ObservedCall(**call.given()) for call in part.calls)
    return ObservedRun(**part.given("calls"), calls=calls)


_BUILT = tuple(set(s.ScenarioPart.model_fields) - {"name", "description", "horizon", "policy"})


def model(part: s.ScenarioPart) -> Model:
    """The model that `part` describes."""
    return Model(
        identities={name: _identity(name, given) for name, given in part.identities.items()},
        resources={name: _resource(name, given) for name, given in part.resources.items()},
        tools={name: _tool(name, given) for name, given in part.tools.items()},
        credentials={name: _credential(name, given) for name, given in part.credentials.items()},
        roles={name: Role(name, **_rights(given)) for name, given in part.roles.items()},
        trust=tuple(_edge(edge) for edge in part.trust),
        tasks={name: _task(name, given) for name, given in part.tasks.items()},
    )


def _entitlements(parts: Iterable[s.EntitlementPart]) -> tuple[Entitlement, ...]:
    return tuple(Entitlement(**part.given()) for part in parts)


def _rights(part: s.IdentityPart | s.RolePart) -> dict[str, Any]:
    """The fields that `part` gives, with what it allows and takes away built."""
    listed = {key: _entitlements(getattr(part, key)) for key in ("entitlements", "denies")}
    most = {} if part.boundary is None else {"boundary": _entitlements(part.boundary)}
    return {**part.given("entitlements", "denies", "boundary"), **listed, **most}


def _identity(name: str, part: s.IdentityPart) -> Identity:
    assigned = {"roles": tuple(role for role, _ in part.roles), "role_ttls": timed(part.roles)}
    return Identity(name, **{**_rights(part), **assigned})


def _resource(name: str, part: s.ResourcePart) -> Resource:
    return Resource(name, value=part.value.given(), shows_itself=_shown(part), **part.given("value", "shows_itself"))


def _operation(name: str, part: s.OperationPart) -> Operation:
    return Operation(name, shows_itself=_shown(part), **part.given("shows_itself"))


def _shown(part: s.ResourcePart | s.OperationPart) -> Detection | None:
    return Detection(**part.shows_itself.given()) if part.shows_itself else None


def _tool(name: str, part: s.ToolPart) -> Tool:
    operations = {key: _operation(key, given) for key, given in part.operations.items()}
    return Tool(name, operations=operations, session=_session(part.session), **part.given("operations", "session"))


def _credential(name: str, part: s.CredentialPart) -> Credential:
    given = part.given("session", "refresh", "ttl_kind", "limited_to")
    if part.limited_to is not None:
        given["limited_to"] = _entitlements(part.limited_to)
    if given.get("ttl") == math.inf:
        given["ttl"] = None
    kind, renewable = part.ttl_kind if "ttl_kind" in part.model_fields_set else ("", None)
    refresh = None if part.refresh is None else Refresh(**_never_is_none(part.refresh.given()))
    session = _session(part.session)
    return Credential(name, session=session, refresh=refresh, ttl_kind=kind, renewable=renewable, **given)


def _edge(part: s.TrustPart) -> TrustEdge:
    conditions, claims = sorted_out(part.conditions)
    given = part.given("session", "conditions")
    return TrustEdge(session=_session(part.session), conditions=conditions, claims=claims, **given)


def _session(part: s.SessionPart | None) -> SessionTerms | None:
    if part is None:
        return None
    stream = None if part.stream is None else SessionEvents(**part.stream.given())
    return SessionTerms(stream=stream, **_never_is_none(part.given("stream")))


def _never_is_none(given: dict[str, Any]) -> dict[str, Any]:
    """`given`, in which a ttl that never ends is None."""
    return {key: None if key == "ttl" and value == math.inf else value for key, value in given.items()}


def _task(name: str, part: s.TaskPart) -> Task:
    needs = tuple(Need(need.operation, tuple(need.targets)) for need in part.needs)
    return Task(name, needs=needs, **part.given("needs"))


def _entry_point(name: str, part: s.EntryPointPart) -> EntryPoint:
    given = part.given("leak", "poison", "compromise", "mistake")
    if part.leak:
        return EntryPoint(name, "leak", part.leak, **given)
    if any(part.compromise):
        target, tool = part.compromise
        return EntryPoint(name, "compromise", target, tool=tool, **given)
    if any(part.poison):
        return EntryPoint(name, "poison", *part.poison, **given)
    return EntryPoint(name, "mistake", *part.mistake, **given)


def _goal(name: str, part: s.GoalPart) -> Goal:
    bare = _term(part)
    terms = {"all_of": tuple(map(_term, part.all)), "any_of": tuple(map(_term, part.any))}
    return Goal(name, bare.lost, bare.performed, bare.steered, note=part.note, at_least=part.at_least, **terms)


def _term(part: s.GoalTermPart) -> GoalTerm:
    lost = tuple((each.resource, each.impact) for each in part.lost)
    performed = tuple((each.operation, each.target) for each in part.performed)
    return GoalTerm(lost, performed, part.steered)


def _response(part: s.ResponsePart) -> Response:
    detection = {event: Detection(**given.given()) for event, given in part.detection.items()}
    responders = {
        name: Responder(name, actions=_actions(given.actions), **given.given("actions"))
        for name, given in part.responders.items()
    }
    approvals = {name: _approval_rule(name, given) for name, given in part.approvals.items()}
    rest = part.given("detection", "actions", "responders", "approvals")
    acting = _actions(part.actions)
    return Response(detection=detection, actions=acting, responders=responders, approvals=approvals, **rest)


def _approval_rule(name: str, part: s.ApprovalRulePart) -> ApprovalRule:
    people = Quorum(part.of.k, part.of.n) if part.of else Quorum()
    return ApprovalRule(name, of=people, **part.given("of"))


def _actions(parts: Iterable[s.ResponseActionPart]) -> tuple[ResponseAction, ...]:
    return tuple(ResponseAction(each.action, **each.given("action")) for each in parts)


class Policies:
    """Resolves the policies of one file: `extends` first, then `otherwise`."""

    def __init__(self, parts: dict[str, s.PolicyPart]) -> None:
        self.parts = parts
        self.known = named_policies()
        self.made: dict[str, GrantPolicy] = {}
        self.problems: list[Problem] = []
        self._failed: set[str] = set()

    def all(self) -> dict[str, GrantPolicy]:
        """Every policy of the file, by name; those with `problems` too, so that their names do not dangle."""
        for name in self.parts:
            self._policy(name, ("policies", name), ())
        return {name: self.made.get(name) or GrantPolicy(name) for name in self.parts}

    def _policy(self, name: str, where: tuple[str, ...], on_the_way: tuple[str, ...]) -> GrantPolicy | None:
        """The policy called `name`; None after a problem."""
        if name in self.made or name in self._failed:
            return self.made.get(name)
        if name not in self.parts or (on_the_way and name == on_the_way[-1] and name in self.known):
            return self._ready(name, where)
        if name in on_the_way:
            loop = " -> ".join([*on_the_way[on_the_way.index(name) :], name])
            self._refuse(where, f"{loop} is a cycle: a policy cannot rest on itself")
            return None
        made = self._made(name, (*on_the_way, name))
        if made is None:
            self._failed.add(name)
        else:
            self.made[name] = made
        return made

    def _ready(self, name: str, where: tuple[str, ...]) -> GrantPolicy | None:
        if name not in self.known:
            self._refuse(where, f"no policy is called {name!r}: {nearest(name, [*self.known, *self.parts])}")
        return self.known.get(name)

    def _refuse(self, where: tuple[str, ...], message: str) -> None:
        problem = Problem(where, message)
        if all(where != found.where for found in self.problems):
            self.problems.append(problem)

    def _made(self, name: str, on_the_way: tuple[str, ...]) -> GrantPolicy | None:
        part = self.parts[name]
        where = ("policies", name)
        base = self._policy(part.extends, (*where, "extends"), on_the_way)
        if base is None:
            return None
        turned = part.given("extends", "applies_to", "otherwise", "note") | {"name": name, "summary": part.note}
        if "applies_to" in part.model_fields_set:
            turned["applies_to"] = self._selector(part)
        made = base.turned(**turned)
        if made.applies_to == Selector():
            if part.otherwise:
                message = f"`otherwise` {part.otherwise!r} governs nobody without `applies_to`: add one, or remove it"
                self._refuse((*where, "otherwise"), message)
            return made.turned(otherwise=None)
        return self._with_otherwise(made, part, on_the_way)

    def _with_otherwise(self, made: GrantPolicy, part: s.PolicyPart, on_the_way: tuple[str, ...]) -> GrantPolicy | None:
        if not part.otherwise and made.otherwise is not None:
            return made
        rest = self._policy(part.otherwise or "static-secrets", ("policies", made.name, "otherwise"), on_the_way)
        return None if rest is None else made.turned(otherwise=rest)

    @staticmethod
    def _selector(part: s.PolicyPart) -> Selector:
        return Selector(**part.applies_to.given())
