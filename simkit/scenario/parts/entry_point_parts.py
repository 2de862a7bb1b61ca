"""What a scenario file says of how the attack starts."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema, model_validator

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.scenario.units import MisfitError, shown


def _poison(raw: object) -> tuple[str, str, str]:
    """The resource, or the task, or the operation."""
    if isinstance(raw, dict) and "operation" in raw:
        return "", "", _by_key(raw, "poison", "operation", "write a resource, {task: NAME} or {operation: NAME}")
    return (*_target_and_task(raw, "poison", "", "write a resource, {task: NAME} or {operation: NAME}"), "")


def _compromise(raw: object) -> tuple[str, str]:
    """The identity, or the tool."""
    mend = "write an identity, or {tool: NAME}"
    if isinstance(raw, str) and raw.strip():
        return raw, ""
    if not isinstance(raw, dict) or not raw:
        raise MisfitError(f"compromise is {shown(raw)}: {mend}")
    return "", _by_key(raw, "compromise", "tool", mend)


def _by_key(raw: dict[str, object], kind: str, wanted: str, mend: str) -> str:
    """The name under the one key that `raw` may have."""
    for key, value in raw.items():
        if key != wanted:
            raise MisfitError(f"{kind} has no key {shown(key)} here: {mend}", key, key=True)
        if not isinstance(value, str) or not value.strip():
            raise MisfitError(f"{key} is {shown(value)}: write a name", key)
    return str(raw[wanted])


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


def _one_of_names(*keys: str) -> WithJsonSchema:
    """A text, or a mapping with one of `keys`."""
    named = [
        {"type": "object", "properties": {key: {"type": "string"}}, "required": [key], "additionalProperties": False}
        for key in keys
    ]
    return WithJsonSchema({"anyOf": [{"type": "string"}, *named]})


def _names(*keys: str) -> WithJsonSchema:
    inner = {key: {"type": "string"} for key in keys}
    mapping = {"type": "object", "properties": inner, "required": [keys[0]], "additionalProperties": False}
    return WithJsonSchema({"anyOf": [{"type": "string"}, mapping]})


class EntryPointPart(Part):
    """How the attack starts: one of leak, poison, compromise and mistake."""

    leak: f.Name = ""
    """A credential."""
    poison: Annotated[tuple[str, str, str], PlainValidator(_poison), _one_of_names("task", "operation")] = ("", "", "")
    """A resource, or only what one task reads, or what calls of an operation return."""
    compromise: Annotated[tuple[str, str], PlainValidator(_compromise), _one_of_names("tool")] = ("", "")
    """An identity, or a tool."""
    mistake: Annotated[tuple[str, str], PlainValidator(_mistake), _names("agent", "task")] = ("", "")
    """An agent; there is no attacker."""
    delay: f.Delay = LEFT_OUT
    """From time 0 to the attacker's first use."""
    per_year: f.PerYear = LEFT_OUT
    """How often somebody tries it, on average, a year."""
    note: str = ""

    @model_validator(mode="after")
    def _one_start(self) -> EntryPointPart:
        kinds = sorted(self.model_fields_set & {"leak", "poison", "compromise", "mistake"})
        if len(kinds) != 1:
            found = " and ".join(kinds) or "none"
            raise MisfitError(f"an entry point is one of leak, poison, compromise and mistake, here {found}: write one")
        return self
