"""A Scenario out as YAML that loads back to an equal one; what has its default is left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from simkit.distributions import Distribution
from simkit.measures import TIME, unit_of
from simkit.model import (
    Credential,
    Detection,
    Entitlement,
    EntryPoint,
    Goal,
    GoalTerm,
    Identity,
    Model,
    Need,
    ObservedRun,
    Operation,
    Outliving,
    Quorum,
    Refresh,
    ResponseAction,
    Role,
    SessionEvents,
    Task,
    Tool,
    TrustEdge,
)
from simkit.policies import DIALS, Dial, GrantPolicy, Selector, named_policies
from simkit.scenario.expectations import Expectation
from simkit.scenario.moments import moment_text
from simkit.scenario.quota_units import throughput_text
from simkit.scenario.range_units import range_value
from simkit.scenario.scenario import Scenario
from simkit.scenario.schema import FORMAT
from simkit.scenario.stated_ranges import replaced
from simkit.scenario.undo_units import undo_text
from simkit.scenario.units import distribution_value, duration_text, rate_text
from simkit.unknowns import Kind, Unknowns, kind_of

_DURATIONS = frozenset({"horizon", "ttl", "effective_ttl", "rotation_period", "propagation", "renewable", "restore"})
_DURATIONS |= {"approved_for", "retry", "over"}
_RENAMED = {"source": "from", "target": "to"}
_RIGHTS = ("entitlements", "denies", "boundary")


def dump(scenario: Scenario) -> str:
    """`scenario` as YAML, in the order of the format's own description.

    `loads(dump(scenario), scenario.file)` equals `scenario`. A policy that a package registers is written out as the
    dials that it has here.
    """
    return block(plain(scenario))


def flow(value: Any) -> str:
    """`value` as YAML on one line, as it stands within a file."""
    import yaml

    # in brackets, so that what would end a part of a list is quoted
    text: str = yaml.dump(
        [value], Dumper=_dumper(), allow_unicode=True, sort_keys=False, default_flow_style=True, width=2**31 - 1
    )
    return text.rstrip("\n")[1:-1]


def block(value: Any) -> str:
    """`value` as YAML in lines, its innermost parts on one line each."""
    import yaml

    written: str = yaml.dump(
        value, Dumper=_dumper(), allow_unicode=True, sort_keys=False, default_flow_style=None, width=110
    )
    return written


def plain(scenario: Scenario) -> dict[str, Any]:
    """`scenario` as the mappings, lists and texts of the file."""
    written: dict[str, Any] = {"simkit": FORMAT, "name": scenario.name}
    written |= _given(scenario, "description", "horizon", "policy", "compare")
    written |= _money(scenario) | _model(scenario.model)
    written["entry_points"] = {name: _entry_point(entry) for name, entry in scenario.entry_points.items()}
    written |= _section("goals", {name: _goal(goal) for name, goal in scenario.goals.items()})
    written |= _list("unchangeable", (_given(each) for each in scenario.unchangeable))
    written |= _section("attacker", _given(scenario.attacker))
    response = _given(scenario.response, leave=("detection", "actions", "responders", "approvals"))
    detection = {event: _detection(each) for event, each in scenario.response.detection.items()}
    written |= _section(
        "response",
        _section("detection", detection)
        | response
        | _actions(scenario.response.actions)
        | _responders(scenario)
        | _section("approvals", {name: _given(r, leave=("name",)) for name, r in scenario.response.approvals.items()}),
    )
    written |= _section("policies", _policies(scenario))
    expected = {name: _expectation(each) for name, each in scenario.expect.items()}
    written |= _section("expect", expected)
    written |= _list("observed", map(_observed, scenario.observed))
    written |= _section("incident", _given(scenario.incident) if scenario.incident else {})
    written |= _list("sources", (_given(source) for source in scenario.sources))
    written |= _list("assumptions", (_given(assumption) for assumption in scenario.assumptions))
    return written if not scenario.unknowns else _with_ranges(written, scenario.unknowns)


def _money(scenario: Scenario) -> dict[str, Any]:
    unit = {} if scenario.unit is None else {scenario.unit.name: scenario.unit.point}
    if scenario.prices is None:
        return _section("unit", unit)
    policies = {name: {"per_year": price} for name, price in scenario.prices.policies.items()}
    prices = _given(scenario.prices, leave=("policies",)) | _section("policies", policies)
    return _section("unit", unit) | {"prices": prices}


def _with_ranges(written: dict[str, Any], unknowns: Unknowns) -> dict[str, Any]:
    """`written`, in which each range stands at its place, and each that has a name among the unknowns."""
    kinds: dict[str, Kind] = {}
    for where, given in unknowns.ranges.items():
        kind = kind_of(where) or "number"
        said: object = given
        if isinstance(given, str):
            kinds.setdefault(given, kind)
        else:
            said = range_value(given, kind)
        written = replaced(written, where, said)
    named = {name: range_value(given, kinds.get(name, "number")) for name, given in unknowns.named.items()}
    head = {key: written.pop(key) for key in ("simkit", "name")}
    return head | _section("unknowns", named) | written


def _expectation(made: Expectation) -> dict[str, Any]:
    """What must hold; the bound of a time with its unit."""
    said = _given(made, leave=("name",))
    bounds = {key: duration_text(said[key]) for key in ("at_most", "at_least") if key in said}
    return said | bounds if unit_of(made.measure) is TIME else said


def _responders(scenario: Scenario) -> dict[str, Any]:
    said = {
        name: _given(each, leave=("name", "actions")) | _actions(each.actions)
        for name, each in scenario.response.responders.items()
    }
    return _section("responders", said)


def _actions(actions: Iterable[ResponseAction]) -> dict[str, Any]:
    """What responders do, each by its name, with what is said of it."""
    written = ((each.kind, _given(each, leave=("kind",))) for each in actions)
    return _list("actions", ({kind: said} if said else kind for kind, said in written))


def _section(key: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: dict(value)} if value else {}


def _list(key: str, values: Iterable[Any]) -> dict[str, Any]:
    listed = list(values)
    return {key: listed} if listed else {}


def _given(value: Any, *only: str, leave: tuple[str, ...] = ()) -> dict[str, Any]:
    """The fields of `value` that differ from their defaults, as the file writes them."""
    found = {}
    for each in fields(value):
        here = getattr(value, each.name)
        wanted = each.name in only if only else each.name not in leave
        if wanted and here != _default(each):
            found[each.name] = _written(each.name, here)
    return found


def _default(field: Any) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _written(key: str, value: Any) -> Any:
    if isinstance(value, Distribution):
        return distribution_value(value)
    if isinstance(value, Outliving):
        return value.kind if value.time is None else {value.kind: distribution_value(value.time)}
    if isinstance(value, SessionEvents | Refresh):
        return _given(value)
    if isinstance(value, Detection):
        return _detection(value)
    if isinstance(value, Quorum):
        return {"k": value.k, "n": value.n}
    if key in _DURATIONS:
        return duration_text(value)
    if key == "claims":
        return dict(value)
    if key == "rate":
        return rate_text(value)
    if key == "time":
        return moment_text(value)
    if key == "undo":
        return undo_text(value)
    if key == "throughput":
        return throughput_text(value)
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def _model(model: Model) -> dict[str, Any]:
    identities = {
        name: _given(each, leave=("name", "roles", "role_ttls", *_RIGHTS)) | _roles(each) | _rights(each)
        for name, each in model.identities.items()
    }
    roles = {name: _given(each, leave=("name", *_RIGHTS)) | _rights(each) for name, each in model.roles.items()}
    return {
        **_section("identities", identities),
        **_section("resources", {name: _given(each, leave=("name",)) for name, each in model.resources.items()}),
        **_section("tools", {name: _tool(each) for name, each in model.tools.items()}),
        **_section("credentials", {name: _credential(each) for name, each in model.credentials.items()}),
        **_section("roles", roles),
        **_list("trust", (_edge(edge) for edge in model.trust)),
        **_section("tasks", {name: _task(each) for name, each in model.tasks.items()}),
    }


def _roles(identity: Identity) -> dict[str, Any]:
    ttls = dict(identity.role_ttls)
    return _list("roles", ({"role": r, "ttl": duration_text(ttls[r])} if r in ttls else r for r in identity.roles))


def _rights(holder: Identity | Role) -> dict[str, Any]:
    """What `holder` gives and takes away; an empty boundary is one."""
    written = {key: [_entitlement(each) for each in getattr(holder, key) or ()] for key in _RIGHTS}
    return {key: each for key, each in written.items() if each or (key == "boundary" and holder.boundary is not None)}


def _entitlement(entitlement: Entitlement) -> dict[str, Any]:
    return {"except" if key == "excepting" else key: said for key, said in _given(entitlement).items()}


def _tool(tool: Tool) -> dict[str, Any]:
    operations = {name: _operation(each) for name, each in tool.operations.items()}
    return _given(tool, leave=("name", "operations")) | _section("operations", operations)


def _operation(operation: Operation) -> dict[str, Any]:
    return _given(operation, leave=("name",))


def _credential(credential: Credential) -> dict[str, Any]:
    written = _given(credential, leave=("name", "ttl_kind", "renewable", "limited_to"))
    if credential.limited_to is not None:
        written["limited_to"] = [_entitlement(each) for each in credential.limited_to]
    if credential.ttl_kind:
        lasts = duration_text(credential.renewable)
        written["ttl_kind"] = {"renewable": lasts} if credential.ttl_kind == "renewable" else credential.ttl_kind
    return written


def _edge(edge: TrustEdge) -> dict[str, Any]:
    written = {_RENAMED.get(key, key): said for key, said in _given(edge, leave=("conditions", "claims")).items()}
    asked = [{"claims": dict(edge.claims)}] if edge.claims else []
    return written | _list("conditions", [*edge.conditions, *asked])


def _task(task: Task) -> dict[str, Any]:
    needs = [each.operation if each == Need(each.operation) else _given(each) for each in task.needs]
    return _given(task, leave=("name", "needs")) | _list("needs", needs)


def _observed(run: ObservedRun) -> dict[str, Any]:
    calls = [call.operation if call.is_bare else _given(call) for call in run.calls]
    return {"calls": calls, **_given(run, leave=("calls",))}


def _entry_point(entry: EntryPoint) -> dict[str, Any]:
    target: Any = entry.target
    if entry.task:
        target = {"task": entry.task}
        if entry.kind == "mistake":
            target["agent"] = entry.target
    elif entry.tool or entry.operation:
        target = {"tool": entry.tool} if entry.tool else {"operation": entry.operation}
    return {entry.kind: target, **_given(entry, "delay", "per_year", "note")}


def _goal(goal: Goal) -> dict[str, Any]:
    terms = _list("all", map(_term, goal.all_of)) | _list("any", map(_term, goal.any_of))
    return _term(goal.bare) | terms | _given(goal, "at_least", "note")


def _term(term: GoalTerm) -> dict[str, Any]:
    lost = [{"resource": resource, "impact": impact} for resource, impact in term.lost]
    performed = [{"operation": o, "target": target} if target else o for o, target in term.performed]
    return _list("lost", lost) | _list("performed", performed) | _given(term, "steered")


def _detection(detection: Detection) -> dict[str, Any]:
    return _given(detection)


def _policies(scenario: Scenario) -> dict[str, Any]:
    """The scenario's own policies; those that they lean on and that nothing else defines are written with them."""
    waiting = dict(scenario.policies)
    known = named_policies()
    written: dict[str, Any] = {}
    while waiting:
        name = next(iter(waiting))
        made = waiting.pop(name)
        written[name] = _policy(made)
        rest = made.otherwise
        if rest is not None and rest.name not in written and rest.name not in waiting and known.get(rest.name) != rest:
            waiting[rest.name] = rest
    return written


def _goes_without_saying(dial: Dial, setting: str) -> bool:
    return dial.opted_into and setting == dial.start


def _policy(made: GrantPolicy) -> dict[str, Any]:
    """Every dial is written out, so that what it extends does not matter; `static-secrets` gives nothing else. Of those
    that no named policy turns, what is not turned here either goes without saying."""
    dials = {name: getattr(made, name) for name in DIALS}
    turned = {name: setting for name, setting in dials.items() if not _goes_without_saying(DIALS[name], setting)}
    written: dict[str, Any] = {"extends": "static-secrets"} | turned
    written |= _given(made, "ttl", "miss_rate", "approved_for")
    if made.applies_to != Selector():
        written["applies_to"] = _given(made.applies_to)
    if made.otherwise is not None:
        written["otherwise"] = made.otherwise.name
    return written | ({"note": made.summary} if made.summary else {})


def _dumper() -> Any:
    """PyYAML's writer, which quotes what YAML 1.1 would misread, and here also what YAML 1.2 reads as a number."""
    import yaml

    parent: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    dumper: Any = type("_Dumper", (parent,), {"ignore_aliases": lambda self, data: True})
    number = re.compile(r"^(?:[-+]?0o[0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)$")
    dumper.add_implicit_resolver("tag:yaml.org,2002:float", number, list("-+0123456789."))
    return dumper
