"""What the scenario file says of sessions and of how a ttl counts, read."""

from __future__ import annotations

from typing import Literal, get_args

from simkit.distributions import Distribution, Fixed
from simkit.errors import nearest
from simkit.model import Outliving
from simkit.scenario.units import MisfitError, distribution, positive, shown

Kind = Literal["ends", "next-use", "survives"]
KINDS: tuple[Kind, ...] = get_args(Kind)


def outliving(raw: object) -> Outliving:
    """What an open session does after an event. Raises MisfitError.

    >>> outliving({"survives": "1h"})
    Outliving(kind='survives', time=Fixed(seconds=3600.0))
    """
    if isinstance(raw, dict):
        if list(raw) != ["survives"]:
            raise MisfitError(f"{shown(raw)} is not possible here: write ends, next-use, survives or {{survives: 1h}}")
        return Outliving("survives", _inside(raw["survives"], "survives"))
    for kind in KINDS:
        if raw == kind:
            return Outliving(kind)
    raise MisfitError(f"{shown(raw)} is not possible here: {nearest(str(raw), KINDS)}")


def outliving_an_action(raw: object) -> Outliving:
    """As `outliving`, where the time does not vary: no engine draws how long a session outlives an action."""
    found = outliving(raw)
    if found.time is None or isinstance(found.time, Fixed):
        return found
    raise MisfitError("a time that varies is possible for on_expiry only: write a duration, such as 1h", "survives")


def _inside(raw: object, key: str) -> Distribution:
    try:
        return distribution(raw)
    except MisfitError as misfit:
        raise MisfitError(str(misfit), key, *misfit.at, key=misfit.key) from None


def ttl_kind(raw: object) -> tuple[str, float | None]:
    """How a ttl counts, and for how long in all what is renewable. Raises MisfitError.

    >>> ttl_kind("idle"), ttl_kind({"renewable": "7d"})
    (('idle', None), ('renewable', 604800.0))
    """
    if isinstance(raw, dict) and list(raw) == ["renewable"]:
        return "renewable", positive(raw["renewable"])
    if raw in ("absolute", "idle"):
        return str(raw), None
    raise MisfitError(f"{shown(raw)} is not possible here: write absolute, idle or {{renewable: 7d}}")
