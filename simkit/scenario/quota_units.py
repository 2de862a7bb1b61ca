"""What the scenario file says of how much and how fast, read and written."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from simkit.scenario.units import PER, RATE_PATTERN, MisfitError, rate_text, shown

MOST = 1e12
"""More records than anybody keeps: what is above is a slip."""
_THROUGHPUT = re.compile(RATE_PATTERN, re.ASCII)
_RECORDS_PATTERN = r"^[0-9]{1,13}(\.[0-9]{1,6})? records?$"
_RECORDS = re.compile(_RECORDS_PATTERN, re.ASCII)


def throughput(raw: object) -> float:
    """Records a second, from text like `500/h`. Raises MisfitError.

    >>> throughput("30/min")
    0.5
    """
    if not isinstance(raw, str) or not _THROUGHPUT.match(raw) or len(raw) > 40:
        raise MisfitError(f"{shown(raw)} is no throughput: write records and a unit of time (s, min, h, d, w): 500/h")
    number, _, unit = raw.partition("/")
    found = float(Decimal(number) / PER[unit])
    if not 0 < found <= MOST:
        raise MisfitError(f"the throughput {shown(raw)} is not above zero and at most 10^12 a second: write another")
    return found


def records(raw: object) -> float:
    """How many records, from a number or text like `1000 records`. Raises MisfitError.

    >>> records("1000 records"), records(5)
    (1000.0, 5.0)
    """
    found: float | None = None
    if isinstance(raw, str) and _RECORDS.match(raw):
        found = float(raw.split()[0])
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        found = float(raw)
    if found is None or not 0 < found <= MOST:
        raise MisfitError(f"{shown(raw)} is no number of records: write one above zero, such as 100000")
    return found


def throughput_text(per_second: float) -> str:
    """`per_second` as the file writes it, exactly.

    >>> throughput_text(500 / 3600)
    '500/h'
    """
    if per_second <= 1e6:
        return rate_text(per_second)
    return f"{Decimal(str(per_second)):f}/s"


_RATE_SCHEMA: dict[str, Any] = {
    "type": "string",
    "pattern": RATE_PATTERN,
    "description": "Records in a unit of time: s, min, h, d or w, such as 500/h.",
}
_RECORDS_SCHEMA: dict[str, Any] = {
    "description": "A number of records, such as 1000 or 1000 records.",
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0, "maximum": MOST},
        {"type": "string", "pattern": _RECORDS_PATTERN},
    ],
}
Throughput = Annotated[float, PlainValidator(throughput), WithJsonSchema(_RATE_SCHEMA)]
Records = Annotated[float, PlainValidator(records), WithJsonSchema(_RECORDS_SCHEMA)]
