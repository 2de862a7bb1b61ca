"""What the scenario file says of how long something can be undone."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from simkit.scenario.fields import LIFETIME_SCHEMA
from simkit.scenario.units import duration_text, positive


def undo(raw: object) -> float:
    """Seconds for which something can be undone; none for `never`. Raises MisfitError.

    >>> undo("7d"), undo("never")
    (604800.0, 0.0)
    """
    return 0.0 if raw == "never" else positive(raw)


def undo_text(seconds: float) -> str:
    """`seconds` as the file writes them.

    >>> undo_text(0.0)
    'never'
    """
    return duration_text(seconds) if seconds else "never"


_SCHEMA = {**LIFETIME_SCHEMA, "description": "A duration, or `never` for what cannot be undone."}
Undo = Annotated[float, PlainValidator(undo), WithJsonSchema(_SCHEMA)]
