"""Pydantic's errors as our sentences: the thing, its value and the mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from simkit.errors import Problem, nearest
from simkit.scenario.range_units import is_range
from simkit.scenario.schema import Part, ScenarioPart
from simkit.scenario.stated_ranges import unknown_place
from simkit.scenario.units import MisfitError, shown

_DUE: Mapping[str, str] = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "mapping_type": "a mapping",
}
_MENDS: Mapping[str, str] = {
    "text": "put it in quotes",
    "a number": "write one",
    "a whole number": "write one",
    "true or false": "write true or false",
    "a list": "put it in [brackets]",
    "a mapping": "write keys and values",
}
_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("ge", "below"),
    "less_than_equal": ("le", "above"),
}


def complaints(error: ValidationError, root: type[Part] = ScenarioPart) -> Iterator[tuple[Problem, bool]]:
    """Each of pydantic's errors as a problem, and whether it is about a key and not its value."""
    for found in error.errors(include_url=False):
        where, kind = tuple(found["loc"]), found["type"]
        # pydantic says so of a key that does not fit; a file may have a key of that name, too
        about_key = kind != "extra_forbidden" and where[-1:] == ("[key]",)
        where = where[:-1] if about_key else where
        misfit = found.get("ctx", {}).get("error")
        if isinstance(misfit, MisfitError) and not (is_range(found["input"]) and not misfit.at):
            yield Problem((*where, *misfit.at), str(misfit)), about_key or misfit.key
        elif is_range(found["input"]) and kind != "extra_forbidden":
            yield Problem(where, unknown_place(tuple(map(str, where)))), about_key
        elif kind == "extra_forbidden":
            yield Problem(where, _unknown(root, where)), True
        elif kind == "missing":
            yield Problem(where[:-1], f"the key `{where[-1]}` is missing{_in(where[:-1])}: add it"), False
        else:
            yield Problem(where, _wrong(where, kind, found)), about_key


def _in(where: tuple[str | int, ...]) -> str:
    return f" in {'.'.join(str(part) for part in where)}" if where else ""


def _wrong(where: tuple[str | int, ...], kind: str, found: Any) -> str:
    name = next((str(part) for part in reversed(where) if isinstance(part, str)), "the file")
    value = found["input"]
    if kind in _DUE and value is None:
        return f"`{name}` has no value where {_DUE[kind]} is due: add it, or remove the key"
    if kind in _DUE:
        return f"`{name}` is {shown(value)} where {_DUE[kind]} is due: {_mend(kind, value)}"
    if name == "simkit":
        return f"`simkit` is {shown(value)}: this version reads scenario format 1, write `simkit: 1`"
    if kind in _BOUNDS:
        limit, side = _BOUNDS[kind]
        return f"`{name}` is {shown(value)}, {side} its limit of {found['ctx'][limit]:g}: write another number"
    return f"`{name}` is {shown(value)}, which does not fit ({found['msg']}): write another value"


def _mend(kind: str, value: object) -> str:
    if isinstance(value, list | dict) and _DUE[kind] == "text":
        return "write one text"
    return _MENDS[_DUE[kind]]


def _unknown(root: type[Part], where: tuple[str | int, ...]) -> str:
    """The message about the unknown key at the end of `where`."""
    name = str(where[-1])
    owner = _owner(root, where[:-1])
    known = [field.alias or key for key, field in owner.model_fields.items()] if owner else []
    return f"there is no key {shown(name)} here: {nearest(name, known)}"


def _owner(root: type[Part], where: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The class of the mapping at `where`."""
    found: Any = root
    for part in where:
        if isinstance(found, type) and issubclass(found, BaseModel):
            by_alias = {field.alias or key: field for key, field in found.model_fields.items()}
            if part not in by_alias:
                return None
            found = by_alias[str(part)].annotation
        else:
            found = inside(found)
    found = without_options(found)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def inside(annotation: Any) -> Any:
    """The type of what a list or mapping of type `annotation` holds."""
    arguments = getattr(annotation, "__args__", ())
    return without_options(arguments[-1]) if arguments else None


def without_options(annotation: Any) -> Any:
    """`annotation` without Annotated and without `| None`."""
    if hasattr(annotation, "__metadata__"):
        return without_options(annotation.__origin__)
    if isinstance(annotation, type):
        return annotation
    options = [each for each in getattr(annotation, "__args__", ()) if each is not type(None)]
    return without_options(options[0]) if len(options) == 1 and not hasattr(annotation, "__origin__") else annotation
