"""The kinds of value that the scenario file has, each with its check and its JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from simkit.distributions import Distribution
from simkit.errors import nearest
from simkit.model import (
    BINDINGS,
    CALL_OUTCOMES,
    CHANGES,
    CREDENTIAL_USES,
    EFFECTS,
    EGRESS,
    EXPOSURES,
    IDENTITY_KINDS,
    IMPACTS,
    RESOURCE_KINDS,
    RESPONSE_ACTIONS,
    RESTRICTIONS,
    REVOCATION_UNITS,
    STAGES,
    TOKEN_FORMATS,
    TRIES,
    TRUST_KINDS,
    Outliving,
)
from simkit.model.identities import CONDITIONS
from simkit.policies import DIALS
from simkit.scenario import moments, session_units, units
from simkit.scenario.assignments import assignments
from simkit.scenario.edge_conditions import claims, edge_condition
from simkit.scenario.units import MisfitError, shown
from simkit.session_catalogue import session_behaviours
from simkit.techniques import EVENT_CLASSES, rules

INCIDENT_KINDS = ("incident", "research-demonstration", "vulnerability", "mistake")
GRADES = ("P", "S", "D", "M")


def detectable() -> tuple[str, ...]:
    """What `detection` may name: the rules that are events, class by class, the classes, and `any` of them."""
    events = [rule.name for each in EVENT_CLASSES for rule in rules().values() if rule.event == each]
    return (*events, *EVENT_CLASSES, "any")


def _one_of(options: Iterable[str] | Callable[[], Iterable[str]]) -> Callable[[str], str]:
    def check(value: str) -> str:
        known = tuple(options() if callable(options) else options)
        if value not in known:
            raise MisfitError(f"{shown(value)} is not possible here: {nearest(value, known)}")
        return value

    return check


def _change(value: str) -> str:
    kind, space, setting = value.partition(" ")
    _one_of(CHANGES)(kind)
    if space and not setting.strip():
        raise MisfitError(f"{shown(value)} ends with a space: write the kind alone, or what is set behind it")
    return value


def _enum(options: Iterable[str]) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "enum": list(options)})


def _name(value: str) -> str:
    if not value.strip():
        raise MisfitError("a name is empty: write one")
    if "\n" in value or "\t" in value:
        raise MisfitError(f"the name {shown(value)} has a tab or a line end in it: remove it")
    return value


def _tool_name(value: str) -> str:
    if "." in value:
        raise MisfitError(
            f"the tool name {shown(value)} has a dot, which parts a tool from its operation: use a hyphen"
        )
    return value


def _unique(values: list[str]) -> list[str]:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise MisfitError(f"{shown(value)} stands twice in this list: remove one", index)
    return values


def _one_or_more(raw: object) -> object:
    return [raw] if isinstance(raw, str) else raw


def _lost(raw: object) -> object:
    """`{cases: confidentiality}` and `"cases: confidentiality"` are short for the long form."""
    if isinstance(raw, str) and ": " in raw:
        resource, _, impact = raw.rpartition(": ")
        return {"resource": resource.strip(), "impact": impact.strip()}
    if isinstance(raw, str):
        raise MisfitError(f"{shown(raw)} has no impact: write `{raw[:40]}: confidentiality`, integrity or availability")
    if isinstance(raw, dict) and len(raw) == 1 and not raw.keys() & {"resource", "impact"}:
        resource, impact = next(iter(raw.items()))
        return {"resource": resource, "impact": impact}
    return raw


def spelled_out(raw: Any) -> Any:
    """A bare text is short for an operation without targets."""
    return {"operation": raw} if isinstance(raw, str) else raw


def _action(raw: object) -> object:
    """`clean-content` and `{clean-content: {of: [web]}}` are short for the long form."""
    if isinstance(raw, str):
        return {"action": raw}
    if isinstance(raw, dict) and len(raw) == 1 and "action" not in raw:
        name, given = next(iter(raw.items()))
        if given is not None and not isinstance(given, dict):
            raise MisfitError(f"{name} is {shown(given)}: write a mapping with delay, chance or of", name)
        return {"action": name, **(given or {})}
    return raw


_TIME = f"(?:{units.DURATION_PATTERN})|(?:{units.ISO_PATTERN})"
_DURATION_SCHEMA: dict[str, Any] = {
    "type": "string",
    "minLength": 2,
    "pattern": _TIME,
    "description": "A number with a unit (500ms, 15s, 15m, 4h, 27d, 2w, 1y), a combination (1h30m) or ISO 8601 (PT1H).",
}
LIFETIME_SCHEMA: dict[str, Any] = {
    "description": "A duration, or `never` for a thing that lasts for ever.",
    "anyOf": [_DURATION_SCHEMA, {"const": "never"}],
}


def _outlives_schema(time: dict[str, Any]) -> dict[str, Any]:
    survives = {"type": "object", "properties": {"survives": time}}
    return {
        "description": "ends, next-use, survives, or {survives: 1h}: so long after the event.",
        "anyOf": [
            {"enum": list(session_units.KINDS)},
            {**survives, "required": ["survives"], "additionalProperties": False},
        ],
    }


def _renewable(within: dict[str, Any]) -> dict[str, Any]:
    keys = {"type": "object", "properties": {"renewable": within}}
    return {**keys, "required": ["renewable"], "additionalProperties": False}


def _named(name: str, *keys: str, **types: dict[str, Any]) -> dict[str, Any]:
    fields = {key: types.get(key, _DURATION_SCHEMA) for key in keys}
    inner = {"type": "object", "properties": fields, "required": list(keys), "additionalProperties": False}
    return {"type": "object", "properties": {name: inner}, "required": [name], "additionalProperties": False}


_QUANTILES: dict[str, Any] = {
    "type": "object",
    "properties": {
        "lognormal": {
            "type": "object",
            "patternProperties": {r"^p\d{1,2}(\.\d{1,6})?$": _DURATION_SCHEMA},
            "additionalProperties": False,
            "minProperties": 2,
            "maxProperties": 2,
        }
    },
    "required": ["lognormal"],
    "additionalProperties": False,
}
_EMPIRICAL: dict[str, Any] = {
    "type": "object",
    "properties": {"empirical": {"type": "array", "items": _DURATION_SCHEMA, "minItems": 1}},
    "required": ["empirical"],
    "additionalProperties": False,
}
_DISTRIBUTION_SCHEMA: dict[str, Any] = {
    "description": "A duration, or how it varies: exponential, lognormal, weibull, uniform or empirical.",
    "anyOf": [
        _DURATION_SCHEMA,
        _named("exponential", "mean"),
        _named("lognormal", "median", "sigma", sigma={"type": "number", "minimum": 0, "maximum": 20}),
        _QUANTILES,
        _named("weibull", "shape", "scale", shape={"type": "number", "minimum": 0.05, "maximum": 1000}),
        _named("uniform", "low", "high"),
        _EMPIRICAL,
    ],
}
_TTL_KIND_SCHEMA: dict[str, Any] = {
    "description": "absolute, idle (from the last use), or {renewable: 7d}: by who holds it, for so long in all.",
    "anyOf": [{"enum": ["absolute", "idle"]}, _renewable(_DURATION_SCHEMA)],
}
_TIME_SCHEMA: dict[str, Any] = {
    "type": "string",
    "pattern": moments.MOMENT_PATTERN,
    "description": "A moment as in RFC 3339, with a zone: 2026-11-02T09:30:00Z.",
}
_RATE_SCHEMA: dict[str, Any] = {
    "type": "string",
    "pattern": units.RATE_PATTERN,
    "description": "Runs in a unit of time: s, min, h, d or w, such as 40/d.",
}

_BOUND_SCHEMA: dict[str, Any] = {
    "description": "A number that is not negative, a share such as 5%, or of a time a duration such as 1h.",
    "anyOf": [
        {"type": "number", "minimum": 0, "maximum": 1e15},
        {"type": "string", "pattern": units.SHARE_PATTERN},
        _DURATION_SCHEMA,
    ],
}
_SUM_SCHEMA: dict[str, Any] = {
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": units.SUM_PATTERN}],
    "description": "Money, such as 250000, 250k or 1M.",
}

Name = Annotated[str, AfterValidator(_name), WithJsonSchema({"type": "string", "minLength": 1})]
ToolName = Annotated[Name, AfterValidator(_tool_name), WithJsonSchema({"type": "string", "pattern": r"^[^.]+$"})]
Names = Annotated[list[Name], AfterValidator(_unique)]
Chance = Annotated[float, Field(ge=0, le=1)]
Worth = Annotated[float, Field(ge=0, le=1e12)]
PerYear = Annotated[float, Field(ge=0, le=1e6)]
Bound = Annotated[float, PlainValidator(units.bound), WithJsonSchema(_BOUND_SCHEMA)]
Sum = Annotated[float, PlainValidator(units.sum_of_money), WithJsonSchema(_SUM_SCHEMA)]
Duration = Annotated[float, BeforeValidator(units.duration), WithJsonSchema(_DURATION_SCHEMA)]
Horizon = Annotated[float, BeforeValidator(units.positive), WithJsonSchema(_DURATION_SCHEMA)]
Lifetime = Annotated[float, PlainValidator(units.lifetime), WithJsonSchema(LIFETIME_SCHEMA)]
Rate = Annotated[float, BeforeValidator(units.rate), WithJsonSchema(_RATE_SCHEMA)]
Time = Annotated[float, BeforeValidator(moments.moment), WithJsonSchema(_TIME_SCHEMA)]
Delay = Annotated[Distribution, PlainValidator(units.distribution), WithJsonSchema(_DISTRIBUTION_SCHEMA)]
Globs = Annotated[
    list[str],
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]

OneOrMoreNames = Annotated[
    list[Name],
    AfterValidator(_unique),
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]

IdentityKind = Annotated[str, AfterValidator(_one_of(IDENTITY_KINDS)), _enum(IDENTITY_KINDS)]
Egress = Annotated[str, AfterValidator(_one_of(EGRESS)), _enum(EGRESS)]
Stage = Annotated[str, AfterValidator(_one_of(STAGES)), _enum(STAGES)]
Environment = Name
ResourceKind = Annotated[str, AfterValidator(_one_of(RESOURCE_KINDS)), _enum(RESOURCE_KINDS)]
Impact = Annotated[str, AfterValidator(_one_of(IMPACTS)), _enum(IMPACTS)]
Exposure = Annotated[str, AfterValidator(_one_of(EXPOSURES)), _enum(EXPOSURES)]
Effect = Annotated[str, AfterValidator(_one_of(EFFECTS)), _enum(EFFECTS)]
Restriction = Annotated[str, AfterValidator(_one_of(RESTRICTIONS)), _enum(RESTRICTIONS)]
Restrictions = Annotated[list[Restriction], AfterValidator(_unique)]
CallOutcome = Annotated[str, AfterValidator(_one_of(CALL_OUTCOMES)), _enum(CALL_OUTCOMES)]
CredentialUse = Annotated[str, AfterValidator(_one_of(CREDENTIAL_USES)), _enum(CREDENTIAL_USES)]
Binding = Annotated[str, AfterValidator(_one_of(BINDINGS)), _enum(BINDINGS)]
Condition = Annotated[str, AfterValidator(_one_of(CONDITIONS)), _enum(CONDITIONS)]
Conditions = Annotated[list[Condition], AfterValidator(_unique)]
TrustKind = Annotated[str, AfterValidator(_one_of(TRUST_KINDS)), _enum(TRUST_KINDS)]
Tries = Annotated[str, AfterValidator(_one_of(TRIES)), _enum(TRIES)]
Event = Annotated[str, AfterValidator(_one_of(detectable)), _enum(detectable())]
TokenFormat = Annotated[str, AfterValidator(_one_of(TOKEN_FORMATS)), _enum(TOKEN_FORMATS)]
RevocationUnit = Annotated[str, AfterValidator(_one_of(REVOCATION_UNITS)), _enum(REVOCATION_UNITS)]
ResponseActionKind = Annotated[str, AfterValidator(_one_of(RESPONSE_ACTIONS)), _enum(RESPONSE_ACTIONS)]
Actions = Annotated[list[ResponseActionKind], AfterValidator(_unique)]
System = Annotated[str, AfterValidator(_one_of(session_behaviours)), WithJsonSchema({"type": "string"})]
Outlives = Annotated[
    Outliving, PlainValidator(session_units.outliving), WithJsonSchema(_outlives_schema(_DISTRIBUTION_SCHEMA))
]
OutlivesAction = Annotated[
    Outliving,
    PlainValidator(session_units.outliving_an_action),
    WithJsonSchema(_outlives_schema(_DURATION_SCHEMA)),
]
TtlKind = Annotated[tuple[str, float | None], PlainValidator(session_units.ttl_kind), WithJsonSchema(_TTL_KIND_SCHEMA)]
_CLAIMS_SCHEMA: dict[str, Any] = {
    "description": "What is claimed, each a name with a text.",
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": "string", "minLength": 1},
}
_ASSIGNED = {"type": "object", "properties": {"role": {"type": "string"}, "ttl": _DURATION_SCHEMA}}
_ASSIGNMENT = {"anyOf": [{"type": "string"}, {**_ASSIGNED, "required": ["role", "ttl"], "additionalProperties": False}]}
Assignments = Annotated[
    tuple[tuple[str, float | None], ...],
    PlainValidator(assignments),
    WithJsonSchema({"type": "array", "items": _ASSIGNMENT}),
]
Claimed = Annotated[tuple[tuple[str, str], ...], PlainValidator(claims), WithJsonSchema(_CLAIMS_SCHEMA)]
_ASKED: dict[str, Any] = {"type": "object", "properties": {"claims": _CLAIMS_SCHEMA}, "required": ["claims"]}
EdgeCondition = Annotated[
    Any,
    PlainValidator(edge_condition),
    WithJsonSchema({"anyOf": [{"enum": list(CONDITIONS)}, {**_ASKED, "additionalProperties": False}]}),
]
ChangeKind = Annotated[
    str, AfterValidator(_change), WithJsonSchema({"type": "string", "pattern": f"^({'|'.join(CHANGES)})( .+)?$"})
]
ChangeKinds = Annotated[list[ChangeKind], AfterValidator(_unique)]
IncidentKind = Annotated[str, AfterValidator(_one_of(INCIDENT_KINDS)), _enum(INCIDENT_KINDS)]
Grade = Annotated[str, AfterValidator(_one_of(GRADES)), _enum(GRADES)]


def dial(name: str) -> Any:
    """The type of a setting of the dial called `name`."""
    settings = DIALS[name].settings
    return Annotated[str, AfterValidator(_one_of(settings)), _enum(settings)]


@dataclass(frozen=True, slots=True)
class Short:
    """An annotation: the value may stand in a short form, which `read` makes long; `also` is its JSON Schema."""

    read: Callable[[object], object]
    also: Mapping[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.read, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema), dict(self.also)]}


def _as_is(raw: object) -> object:
    return raw


SHORT_ACTION = Short(
    _action,
    {
        "anyOf": [
            {"type": "string", "enum": list(RESPONSE_ACTIONS)},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "propertyNames": {"enum": list(RESPONSE_ACTIONS)},
                "additionalProperties": {
                    "type": ["object", "null"],
                    "properties": {
                        "delay": _DISTRIBUTION_SCHEMA,
                        "chance": {"type": "number", "minimum": 0, "maximum": 1},
                        "of": {"type": "array", "items": {"type": "string"}},
                    },
                    "additionalProperties": False,
                },
            },
        ]
    },
)
SHORT_OPERATION = Short(spelled_out, {"type": "string"})
FILE_NAME = Short(_as_is, {"type": "string"})
SHORT_LOST = Short(
    _lost,
    {
        "anyOf": [
            {"type": "string", "pattern": f": *({'|'.join(IMPACTS)})$"},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "propertyNames": {"not": {"enum": ["resource", "impact"]}},
                "additionalProperties": {"enum": list(IMPACTS)},
            },
        ]
    },
)
