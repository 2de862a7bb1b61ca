"""What-if: a number or a setting of a file set otherwise, by the keys that lead to it (`response.miss_rate=0.3`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from simkit.errors import QuestionError, nearest
from simkit.policies import named_policies
from simkit.scenario.complaints import inside, without_options
from simkit.scenario.parser import scalar
from simkit.scenario.range_units import is_range, number, number_value
from simkit.scenario.schema import ScenarioPart
from simkit.scenario.stated_ranges import SECTION, replaced
from simkit.scenario.units import MisfitError
from simkit.unknowns import DEFAULT_RANGES, LAW_NUMBERS, Kind, Where, kind_of, middle, shape_of

BY_HAND = "set by hand"
"""The evidence of a number that the command line gives."""
Key = str | int


def changed(raw: dict[str, Any], changes: Mapping[str, str]) -> dict[str, Any]:
    """`raw`, a file as it was read, with each of `changes`: a path to a value, or to a range `LO..HI`.

    Raises QuestionError for a path that the format does not have or that leads to nothing in this file.
    """
    for path, text in changes.items():
        keys = _found(raw, path)
        raw = _put(raw, keys, _value(raw, path, keys, text))
    return raw


def _found(raw: dict[str, Any], path: str) -> tuple[Key, ...]:
    """The keys that `path` names, each the longest that fits: a name may have dots in it."""
    keys: list[Key] = []
    kind: Any = ScenarioPart
    value: Any = raw
    rest = path
    while rest:
        if keys == ["unit"]:  # any name of a currency
            return ("unit", rest)
        known = list(_keys(kind, value, tuple(keys)))
        fits = [key for key in known if rest == str(key) or rest.startswith(f"{key}.")]
        if not fits:
            raise QuestionError(_unknown(keys, rest, known))
        key = max(fits, key=lambda each: len(str(each)))
        keys.append(key)
        rest = rest[len(str(key)) + 1 :]
        kind = _kind_of(kind, key)
        value = _inner(value, key)
    return tuple(keys)


def _keys(kind: Any, value: object, keys: tuple[Key, ...]) -> Iterator[Key]:
    """What may come next."""
    place = kind_of(tuple(map(str, keys))) if keys else None
    if place == "time":
        yield from LAW_NUMBERS
    elif len(keys) > 1 and keys[-1] in LAW_NUMBERS and kind_of(tuple(map(str, keys[:-1]))) == "time":
        yield from LAW_NUMBERS[str(keys[-1])]
    elif keys == ("prices", "policies"):
        yield from dict.fromkeys([*named_policies(), *(value if isinstance(value, dict) else ())])
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        yield from (field.alias or name for name, field in kind.model_fields.items())
    elif isinstance(value, dict):
        yield from (key for key in value if isinstance(key, str))
    elif isinstance(value, list):
        yield from range(len(value))


def _unknown(keys: list[Key], rest: str, known: list[Key]) -> str:
    place = f" in {'.'.join(map(str, keys))}" if keys else ""
    if not known and keys:
        return f"{'.'.join(map(str, keys))} has nothing in it that could be set, such as {rest!r}: set it as a whole"
    name = rest.partition(".")[0] if not any("." in str(key) for key in known) else rest
    return f"there is no {name!r}{place} to set: {nearest(name, map(str, known))}"


def _kind_of(kind: Any, key: Key) -> Any:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        by_alias = {field.alias or name: field for name, field in kind.model_fields.items()}
        return without_options(by_alias[str(key)].annotation) if key in by_alias else None
    return inside(kind)


def _inner(value: object, key: Key) -> object:
    if isinstance(value, dict):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) else None


def _put(raw: Any, keys: tuple[Key, ...], value: object) -> Any:
    """`raw` with `value` there; what leads there is copied."""
    first, rest = keys[0], keys[1:]
    if isinstance(raw, list) and isinstance(first, int):
        return [_put(each, rest, value) if rest and n == first else value if n == first else each
                for n, each in enumerate(raw)]  # fmt: skip
    if all(isinstance(key, str) for key in keys):
        return replaced(raw, tuple(map(str, keys)), value)
    return {**raw, first: _put(raw[first], rest, value)}


def _value(raw: dict[str, Any], path: str, keys: tuple[Key, ...], text: str) -> object:
    """What is written in the place of what was there."""
    where = tuple(map(str, keys))
    kind = kind_of(where) if where[:1] != (SECTION,) else _kind_named(raw, where)
    low, dots, high = text.partition("..")
    if kind is None:
        if dots:
            raise QuestionError(f"{path} is decided or is no number, so that {text!r} cannot be its range: set a value")
        return _plain(path, text)
    if not dots:
        found = _plain(path, text)
        if isinstance(found, str) and found in (raw.get(SECTION) or {}):
            return found
        return _pinned(path, found, kind)
    bounds = [_plain(path, part.strip()) for part in (low, high)]
    return {"between": bounds, "best": _best(raw, path, where, bounds, kind), "evidence": BY_HAND}


def _kind_named(raw: dict[str, Any], where: Where) -> Kind | None:
    """What the unknown is that `where` names, by what its bounds look like."""
    said: Any = (raw.get(SECTION) or {}).get(where[-1])
    if len(where) != 2 or not is_range(said):
        return None
    bounds = said["between"]
    return "time" if isinstance(bounds, list) and any(isinstance(each, str) for each in bounds) else "worth"


def _pinned(path: str, found: object, kind: Kind) -> dict[str, object]:
    """A number that is known now, also where it is the default."""
    _number(path, found, kind)
    return {"between": [found, found], "best": found, "evidence": BY_HAND}


def _plain(path: str, text: str) -> object:
    try:
        return scalar(text)
    except ValueError as error:
        raise QuestionError(f"{path}: {error}") from None


def _number(path: str, found: object, kind: Kind) -> float:
    try:
        return number(found, kind)
    except MisfitError as misfit:
        raise QuestionError(f"{path}: {misfit}") from None


def _best(raw: dict[str, Any], path: str, where: Where, bounds: list[object], kind: Kind) -> object:
    """What was the best guess, where that is within the new bounds; else their middle."""
    low, high = (_number(path, each, kind) for each in bounds)
    if low > high:
        raise QuestionError(f"{path}: the bound {bounds[0]} is above {bounds[1]}: swap them")
    was = _before(raw, where, kind)
    best = was if was is not None and low <= was <= high else middle(low, high, shape_of(low, high))
    return number_value(best, kind)


def _before(raw: dict[str, Any], where: Where, kind: Kind) -> float | None:
    value: Any = raw
    for key in where:
        value = _inner(value, int(key) if isinstance(value, list) else key)
    if isinstance(value, str) and value in (raw.get(SECTION) or {}):
        value = _inner(raw[SECTION], value)
    if is_range(value):
        value = _inner(value, "best")
    if value is None:
        found = DEFAULT_RANGES.get(where)
        return found.best if found else None
    try:
        return number(value, kind)
    except MisfitError:
        return None


def said(changes: Mapping[str, str]) -> tuple[str, ...]:
    """`changes` as a result names them."""
    return tuple(f"{path}={text}" for path, text in changes.items())
