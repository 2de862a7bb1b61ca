"""The scenario file as pydantic sees it: one class for each kind of thing, unknown keys refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema, create_model, model_validator

from simkit.policies import DIALS
from simkit.scenario import fields as f
from simkit.scenario.part import LEFT_OUT
from simkit.scenario.part import Part as Part
from simkit.scenario.promises import ExpectPart
from simkit.scenario.response_parts import DetectionPart as DetectionPart
from simkit.scenario.response_parts import ResponseActionPart as ResponseActionPart
from simkit.scenario.response_parts import ResponsePart as ResponsePart
from simkit.scenario.session_parts import RefreshPart as RefreshPart
from simkit.scenario.session_parts import SessionPart as SessionPart
from simkit.scenario.units import MisfitError, shown

FORMAT = 1
"""The version of the format that this simkit reads."""


class EntitlementPart(Part):
    """Permission to perform operations on targets."""

    operation: f.Name
    """tool.operation, or a glob over those names."""
    targets: list[str] = Field(default_factory=list)
    """Names or globs; default: the operation's own targets."""
    conditions: f.Conditions = Field(default_factory=list)
    """source (own runtime only), environment, approval."""


class IdentityPart(Part):
    """Someone or something that acts."""

    kind: f.IdentityKind = "service"
    stage: f.Stage = "inference"
    environment: f.Environment = "production"
    tier: f.Name = ""
    """Whose shared secret it would use; default: a tier of its own."""
    susceptibility: f.Chance = 0.0
    """The chance that a poisoned input steers it."""
    roles: f.Names = Field(default_factory=list)
    entitlements: list[EntitlementPart] = Field(default_factory=list)
    runtime_holds: f.Names = Field(default_factory=list)
    """Credentials of other identities in its runtime."""
    note: str = ""


class ValuePart(Part):
    """What losing a resource costs, in the scenario's own unit."""

    confidentiality: f.Worth = 0.0
    integrity: f.Worth = 0.0
    availability: f.Worth = 0.0


class ResourcePart(Part):
    """A thing that can be lost."""

    kind: f.ResourceKind = "data-store"
    value: ValuePart = Field(default_factory=ValuePart)
    holds: f.Names = Field(default_factory=list)
    """Credentials that lie in it."""
    recoverable_from: f.Names = Field(default_factory=list)
    """Its backups."""
    exposure: f.Exposure = "private"
    contains: f.Names = Field(default_factory=list)
    """Its children: what is done to it is done to them."""
    environment: f.Environment = ""
    shows_itself: DetectionPart = LEFT_OUT
    """How a change of it is noticed whatever the policy logs."""
    note: str = ""


class OperationPart(Part):
    """One thing that a tool does."""

    effect: f.Effect
    targets: list[str] = Field(default_factory=list)
    """Default targets: resources, or identities for execute, assume, invoke, mint and grant."""
    duration: f.Delay = LEFT_OUT
    chance: f.Chance = 1.0
    role: f.Name = ""
    """Effect grant only: the role that it gives its target."""
    high_impact: bool = LEFT_OUT
    """Waits for a person under `context: approval`; default by effect."""
    stream: bool = False
    """It flows on without being asked for again."""
    shows_itself: DetectionPart = LEFT_OUT
    """How it is noticed that this was performed, whatever the policy logs."""
    note: str = ""


class ToolPart(Part):
    """An API that agents call."""

    operations: dict[f.Name, OperationPart] = Field(default_factory=dict)
    runs_as: f.Name = ""
    """Whose entitlements it uses itself (the confused deputy)."""
    general_purpose: bool = False
    """A shell or an HTTP client: an agent can use any token that it finds."""
    session: SessionPart | None = None
    """How sessions behave that are open at it; default: as what opened them says."""
    note: str = ""


class CredentialPart(Part):
    """A secret or token that authenticates one identity."""

    identity: f.Name
    kind: str = ""
    ttl: f.Lifetime = LEFT_OUT
    """As documented; default never."""
    effective_ttl: f.Lifetime = LEFT_OUT
    """As measured; default: ttl."""
    binding: f.Binding = "bearer"
    use: f.CredentialUse = "login"
    """signing: the key of an issuer, which opens no session; who federates with the issuer believes what it signs."""
    audience: f.Names = Field(default_factory=list)
    """The tools that accept it; default: all."""
    managed: bool = True
    """false: a third party's fixed secret, which no grant policy governs."""
    session: SessionPart | None = None
    """How sessions behave that it opens; default: they end with it."""
    format: f.TokenFormat = "opaque"
    """jwt: checked where it is used, it lives to its end whatever is revoked."""
    ttl_kind: f.TtlKind = LEFT_OUT
    """absolute, idle, or {renewable: 7d}; default: as the catalogue says, else absolute."""
    refresh: RefreshPart | None = None
    """A refresh token that lies beside it."""
    revocation_unit: f.RevocationUnit = "token"
    """identity: to revoke one ends all of the identity's."""
    note: str = ""


class RolePart(Part):
    """A named set of entitlements."""

    entitlements: list[EntitlementPart] = Field(default_factory=list)
    note: str = ""


class TrustPart(Part):
    """One identity may become, invoke or spawn another."""

    source: f.Name = Field(alias="from")
    target: f.Name = Field(alias="to")
    kind: f.TrustKind = "assume"
    attenuates: bool = False
    """Does the scope shrink on the way?"""
    ttl: f.Lifetime = LEFT_OUT
    session: SessionPart | None = None
    """How the session behaves when what opened it goes; default: assume and federate survive, others end."""
    note: str = ""


class NeedPart(Part):
    """An operation on targets; a bare text is an operation on its own targets."""

    operation: f.Name
    targets: list[str] = Field(default_factory=list)


class TaskPart(Part):
    """A piece of legitimate work of one identity."""

    identity: f.Name
    needs: list[Annotated[NeedPart, f.SHORT_OPERATION]] = Field(default_factory=list)
    reads: f.Names = Field(default_factory=list)
    """Where its input comes from."""
    delegates_to: f.Names = Field(default_factory=list)
    """Trust edges that it uses."""
    rate: f.Rate = LEFT_OUT
    duration: f.Delay = LEFT_OUT
    note: str = ""


def _poison(raw: object) -> tuple[str, str]:
    return _target_and_task(raw, "poison", "", "write a resource, or {task: NAME}")


def _mistake(raw: object) -> tuple[str, str]:
    return _target_and_task(raw, "mistake", "agent", "write an agent, or {agent: NAME, task: NAME}")


def _target_and_task(raw: object, kind: str, target: str, mend: str) -> tuple[str, str]:
    """A text is the target; a mapping has the target under its key, and a task."""
    if isinstance(raw, str) and raw.strip():
        return raw, ""
    if not isinstance(raw, dict) or not raw:
        raise MisfitError(f"{kind} is {shown(raw)}: {mend}")
    for key, value in raw.items():
        if key not in (target, "task"):
            raise MisfitError(f"{kind} has no key {shown(key)}: {mend}", key, key=True)
        if not isinstance(value, str) or not value.strip():
            raise MisfitError(f"{key} is {shown(value)}: write a name", key)
    for key in (target or "task",):
        if key not in raw:
            raise MisfitError(f"{kind} needs `{key}`: {mend}")
    return raw.get(target, ""), raw.get("task", "")


def _names(*keys: str) -> WithJsonSchema:
    inner = {key: {"type": "string"} for key in keys}
    mapping = {"type": "object", "properties": inner, "required": [keys[0]], "additionalProperties": False}
    return WithJsonSchema({"anyOf": [{"type": "string"}, mapping]})


class EntryPointPart(Part):
    """How the attack starts: one of leak, poison, compromise and mistake."""

    leak: f.Name = ""
    """A credential."""
    poison: Annotated[tuple[str, str], PlainValidator(_poison), _names("task")] = ("", "")
    """A resource, or only what one task reads."""
    compromise: f.Name = ""
    """An identity."""
    mistake: Annotated[tuple[str, str], PlainValidator(_mistake), _names("agent", "task")] = ("", "")
    """An agent; there is no attacker."""
    delay: f.Delay = LEFT_OUT
    """From time 0 to the attacker's first use."""
    note: str = ""

    @model_validator(mode="after")
    def _one_start(self) -> EntryPointPart:
        kinds = sorted(self.model_fields_set & {"leak", "poison", "compromise", "mistake"})
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            raise MisfitError(f"an entry point is one of leak, poison, compromise and mistake, here {found}: write one")
        return self


class LostPart(Part):
    """A resource and the impact by which it is lost."""

    resource: f.Name
    impact: f.Impact


class PerformedPart(Part):
    """An operation, and the target on which it must have been performed (default: any)."""

    operation: f.Name
    target: f.Name = ""


class GoalPart(Part):
    """What must not happen: reached when all of it is."""

    lost: list[Annotated[LostPart, f.SHORT_LOST]] = Field(default_factory=list)
    performed: list[Annotated[PerformedPart, f.SHORT_OPERATION]] = Field(default_factory=list)
    steered: f.Name = ""
    """An agent of which some session is the attacker's."""
    note: str = ""


class SelectorPart(Part):
    """Which identities a policy governs: globs over these fields."""

    name: f.Globs = Field(default_factory=list)
    kind: f.Globs = Field(default_factory=list)
    stage: f.Globs = Field(default_factory=list)
    environment: f.Globs = Field(default_factory=list)
    tier: f.Globs = Field(default_factory=list)


class Extending(Part):
    """What a policy rests on."""

    extends: f.Name = "rbac"


if TYPE_CHECKING:  # a field for each row of DIALS, which a type checker cannot see
    Turned = Extending
else:
    Turned = create_model(
        "Turned", __base__=Extending, __module__=__name__, **{name: (f.dial(name), LEFT_OUT) for name in DIALS}
    )


class PolicyPart(Turned):
    """A grant policy: another one with some dials turned."""

    ttl: f.Lifetime = LEFT_OUT
    miss_rate: f.Chance = LEFT_OUT
    applies_to: SelectorPart = Field(default_factory=SelectorPart)
    otherwise: f.Name = ""
    """Governs the identities that applies_to leaves out; default static-secrets."""
    note: str = ""


class ObservedPart(Part):
    """One real run of a task."""

    task: f.Name
    calls: list[str]
    success: bool = True


class IncidentPart(Part):
    """What the public record says."""

    date: str
    kind: f.IncidentKind = "incident"
    hops: list[str] = Field(default_factory=list)
    reached: f.Names = Field(default_factory=list)
    """The goals that the public record says were reached."""
    lifetimes: str = ""
    detected: str = ""


class SourcePart(Part):
    """Where a fact comes from."""

    url: str
    grade: f.Grade = "S"
    """P own text, S secondary page, D derived, M from memory."""
    says: str = ""


class AssumptionPart(Part):
    """A number or a shape that no source gives."""

    about: str
    why: str


class ScenarioPart(Part):
    """A scenario file: one world, how it is attacked, what must not happen, and who responds."""

    simkit: Annotated[int, Field(ge=FORMAT, le=FORMAT), WithJsonSchema({"const": FORMAT})]
    """The version of the format."""
    name: f.Name
    description: str = ""
    horizon: f.Horizon = LEFT_OUT
    """How long the attacker has; default 30d."""
    policy: f.Name = LEFT_OUT
    """The grant policy in force; default rbac."""
    compare: f.Names = Field(default_factory=list)
    """What `simkit compare` shows; default: all named and own policies."""
    identities: dict[f.Name, IdentityPart] = Field(default_factory=dict)
    resources: dict[f.Name, ResourcePart] = Field(default_factory=dict)
    tools: dict[f.ToolName, ToolPart] = Field(default_factory=dict)
    credentials: dict[f.Name, CredentialPart] = Field(default_factory=dict)
    roles: dict[f.Name, RolePart] = Field(default_factory=dict)
    trust: list[TrustPart] = Field(default_factory=list)
    tasks: dict[f.Name, TaskPart] = Field(default_factory=dict)
    entry_points: dict[f.Name, EntryPointPart]
    goals: dict[f.Name, GoalPart] = Field(default_factory=dict)
    response: ResponsePart = Field(default_factory=ResponsePart)
    policies: dict[f.Name, PolicyPart] = Field(default_factory=dict)
    expect: dict[f.Name, ExpectPart] = Field(default_factory=dict)
    """What `simkit check` holds the scenario to."""
    observed: Annotated[list[ObservedPart], f.FILE_NAME] = Field(default_factory=list)
    """Real runs, or the name of a JSON-lines file beside this one with the same keys."""
    incident: IncidentPart | None = None
    sources: list[SourcePart] = Field(default_factory=list)
    assumptions: list[AssumptionPart] = Field(default_factory=list)


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the scenario file, for editors; `load` checks more than a schema can say."""
    made = ScenarioPart.model_json_schema(mode="validation")
    _without_defaults(made)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:simkit:scenario:{FORMAT}",
        **made,
        "title": "simkit scenario",
    }


def _without_defaults(node: Any) -> None:
    """Take the defaults out of `node`: what a field holds here when it is left out says nothing to a reader."""
    if isinstance(node, dict):
        node.pop("default", None)
        for below in node.values():
            _without_defaults(below)
    elif isinstance(node, list):
        for below in node:
            _without_defaults(below)
