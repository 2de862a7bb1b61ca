"""A range as an editor sees it; what it may be at each place is checked where it is read."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from simkit.scenario import fields as f
from simkit.scenario.parts.part import LEFT_OUT, Part
from simkit.unknowns import GUESSES, LAW_NUMBERS, SHAPES

_BOUND: dict[str, Any] = {
    "description": "A number, or a duration where one is due.",
    "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "minLength": 2}],
}
Endpoint = Annotated[Any, WithJsonSchema(_BOUND)]


class RangePart(Part):
    """A number that is not known: outer bounds, the best guess, and what the guess rests on."""

    between: Annotated[list[Endpoint], Field(min_length=2, max_length=2)]
    """The least and the most that it may be."""
    best: Endpoint = LEFT_OUT
    """What every question about one scenario takes; default: the middle."""
    shape: Annotated[str, WithJsonSchema({"enum": list(SHAPES)})] = LEFT_OUT
    """How draws are spread; default: log where the upper bound is ten times the lower one or more, else flat."""
    evidence: f.Name
    """A source, or `assumption`."""
    why: str = LEFT_OUT


NAMED = {"type": "string", "description": "The name of one of `unknowns`.", "not": {"pattern": "^[0-9P]"}}
_RANGE = {"$ref": "#/$defs/RangePart"}


def with_ranges(schema: dict[str, Any]) -> dict[str, Any]:
    """`schema`, in which a range may stand at every place that has guesses."""
    done: set[tuple[int, str]] = set()
    for guess in GUESSES:
        for holder, key in _leaves(schema, guess.where):
            if (id(holder), key) not in done:
                done.add((id(holder), key))
                holder[key] = _or_a_range(_with_inner(holder[key]) if guess.kind == "law" else holder[key])
    return schema


def _or_a_range(node: dict[str, Any]) -> dict[str, Any]:
    said = {"description": node["description"]} if "description" in node else {}
    return {**said, "anyOf": [node, _RANGE, NAMED]}


def _with_inner(node: dict[str, Any]) -> dict[str, Any]:
    """The schema of a law, whose numbers may be ranges."""
    if "anyOf" not in node:
        return node
    return {**node, "anyOf": [_law(each) for each in node["anyOf"]]}


def _law(node: dict[str, Any]) -> dict[str, Any]:
    for name, numbers in LAW_NUMBERS.items():
        inner = node.get("properties", {}).get(name)
        if isinstance(inner, dict) and numbers.keys() <= inner.get("properties", {}).keys():
            fields = {key: _or_a_range(each) for key, each in inner["properties"].items()}
            return {**node, "properties": {name: {**inner, "properties": fields}}}
    return node


def _leaves(schema: dict[str, Any], where: tuple[str, ...]) -> list[tuple[dict[str, Any], str]]:
    """Each mapping in `schema` that holds what is said of `where`, and the key there."""
    found = [(schema, "")]
    for part in where:
        nodes = [holder[key] if key else holder for holder, key in found]
        found = [leaf for node in nodes for leaf in _below(_resolved(schema, node), part)]
    return found


def _below(node: dict[str, Any], part: str) -> list[tuple[dict[str, Any], str]]:
    if part != "*":
        return [(node["properties"], part)]
    for key in ("patternProperties", "properties"):
        if key in node:
            return [(node[key], name) for name in node[key]]
    return [(node, "additionalProperties")]


def _resolved(schema: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    for each in node.get("anyOf", [node]):
        if "$ref" in each:
            found: dict[str, Any] = schema["$defs"][each["$ref"].rpartition("/")[2]]
            return found
    return node
