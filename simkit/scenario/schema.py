"""The scenario file as pydantic sees it: a section of it stands in the module of its parts, unknown keys refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from inspect import cleandoc, getsource
from itertools import pairwise
from textwrap import dedent
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema

from simkit.scenario import fields as f
from simkit.scenario.parts.approval_rule_parts import ApprovalRulePart as ApprovalRulePart
from simkit.scenario.parts.attacker_parts import AttackerPart as AttackerPart
from simkit.scenario.parts.credential_parts import CredentialPart as CredentialPart
from simkit.scenario.parts.entry_point_parts import EntryPointPart as EntryPointPart
from simkit.scenario.parts.goal_parts import GoalPart as GoalPart
from simkit.scenario.parts.goal_parts import GoalTermPart as GoalTermPart
from simkit.scenario.parts.goal_parts import LostPart as LostPart
from simkit.scenario.parts.goal_parts import PerformedPart as PerformedPart
from simkit.scenario.parts.identity_parts import EntitlementPart as EntitlementPart
from simkit.scenario.parts.identity_parts import IdentityPart as IdentityPart
from simkit.scenario.parts.identity_parts import RolePart as RolePart
from simkit.scenario.parts.money_parts import PricesPart as PricesPart
from simkit.scenario.parts.money_parts import one_currency
from simkit.scenario.parts.part import LEFT_OUT
from simkit.scenario.parts.part import Part as Part
from simkit.scenario.parts.policy_parts import PolicyPart as PolicyPart
from simkit.scenario.parts.policy_parts import SelectorPart as SelectorPart
from simkit.scenario.parts.range_parts import RangePart as RangePart
from simkit.scenario.parts.range_parts import with_ranges
from simkit.scenario.parts.resource_parts import ResourcePart as ResourcePart
from simkit.scenario.parts.resource_parts import ValuePart as ValuePart
from simkit.scenario.parts.response_action_parts import ResponseActionPart as ResponseActionPart
from simkit.scenario.parts.response_parts import DetectionPart as DetectionPart
from simkit.scenario.parts.response_parts import ResponsePart as ResponsePart
from simkit.scenario.parts.session_parts import RefreshPart as RefreshPart
from simkit.scenario.parts.session_parts import SessionPart as SessionPart
from simkit.scenario.parts.source_parts import AssumptionPart as AssumptionPart
from simkit.scenario.parts.source_parts import IncidentPart as IncidentPart
from simkit.scenario.parts.source_parts import SourcePart as SourcePart
from simkit.scenario.parts.task_parts import NeedPart as NeedPart
from simkit.scenario.parts.task_parts import ObservedPart as ObservedPart
from simkit.scenario.parts.task_parts import TaskPart as TaskPart
from simkit.scenario.parts.tool_parts import OperationPart as OperationPart
from simkit.scenario.parts.tool_parts import ToolPart as ToolPart
from simkit.scenario.parts.trust_parts import TrustPart as TrustPart
from simkit.scenario.parts.unchangeable_parts import UnchangeablePart as UnchangeablePart
from simkit.scenario.promises import ExpectPart as ExpectPart

FORMAT = 1
"""The version of the format that this simkit reads."""


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
    include: f.Names = Field(default_factory=list)
    """Files with parts of this scenario, beside it or below."""
    unknowns: dict[f.Name, RangePart] = Field(default_factory=dict)
    """Ranges with a name: used wherever the name stands, and drawn once."""
    unit: Annotated[dict[f.Name, f.Worth], AfterValidator(one_currency)] = LEFT_OUT
    """A currency, and how much of it one point of value is."""
    prices: PricesPart | None = None
    """What controls cost."""
    identities: dict[f.Name, IdentityPart] = Field(default_factory=dict)
    resources: dict[f.Name, ResourcePart] = Field(default_factory=dict)
    tools: dict[f.ToolName, ToolPart] = Field(default_factory=dict)
    credentials: dict[f.Name, CredentialPart] = Field(default_factory=dict)
    roles: dict[f.Name, RolePart] = Field(default_factory=dict)
    trust: list[TrustPart] = Field(default_factory=list)
    tasks: dict[f.Name, TaskPart] = Field(default_factory=dict)
    entry_points: dict[f.Name, EntryPointPart]
    goals: dict[f.Name, GoalPart] = Field(default_factory=dict)
    unchangeable: list[UnchangeablePart] = Field(default_factory=list)
    """What nobody can change: `simkit narrow` proposes nothing of it."""
    attacker: AttackerPart = Field(default_factory=AttackerPart)
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
    made = with_ranges(_described(ScenarioPart.model_json_schema(mode="validation")))
    _without_defaults(made)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:simkit:scenario:{FORMAT}",
        **made,
        "title": "simkit scenario",
    }


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema`, in which each field says what stands below it in the source. Only who asks for the schema waits for
    that: to read it whenever a scenario is loaded took a fifth of what it takes to import this."""
    parts = {kind.__name__: kind for kind in _below(Part)}
    for title, node in (("ScenarioPart", schema), *schema["$defs"].items()):
        for name, text in _docstrings(parts[title]).items():
            field = parts[title].model_fields[name]
            if field.description is None:
                node["properties"][field.alias or name]["description"] = text
    return schema


def _below(kind: type[Part]) -> Iterator[type[Part]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _docstrings(kind: type[Part]) -> dict[str, str]:
    """The docstring of each field that `kind` or what it is made from declares, by name."""
    found: dict[str, str] = {}
    for each in reversed(kind.mro()):
        for one, below in pairwise(_written(each) if issubclass(each, Part) else ()):
            match one, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = cleandoc(text)
    return found


def _written(kind: type[Part]) -> list[ast.stmt]:
    """What stands in the class in its source; nothing for one that is made of a table."""
    try:
        (declared,) = ast.parse(dedent(getsource(kind))).body
    except OSError:
        return []
    return declared.body if isinstance(declared, ast.ClassDef) else []


def _without_defaults(node: Any) -> None:
    """Take the defaults out of `node`: what a field holds here when it is left out says nothing to a reader."""
    if isinstance(node, dict):
        node.pop("default", None)
        for below in node.values():
            _without_defaults(below)
    elif isinstance(node, list):
        for below in node:
            _without_defaults(below)
