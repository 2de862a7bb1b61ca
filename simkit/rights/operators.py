"""The operators of conditions: what one value of the policy says about one value of the request.

From https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html; a negated
operator is the same test, of which the opposite counts.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from simkit.rights.match import ANY, matches

Test = Callable[[str, str], bool]
"""(of the policy, of the request); raises ValueError where the policy's value is none that the operator takes."""


@dataclass(frozen=True, slots=True)
class Operator:
    """One row: `texts` where values are texts, with variables; `wildcards` where `*` and `?` count in them."""

    name: str
    test: Test
    negated: bool = False
    texts: bool = False
    wildcards: bool = False


def _ignoring_case(pattern: str, value: str) -> bool:
    return matches(pattern.lower(), value.lower())


def _arn(pattern: str, value: str) -> bool:
    """Each of the six parts by itself: a star does not reach over a colon, but for the last part."""
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if wanted == [ANY]:
        return True
    return len(wanted) == len(given) == 6 and all(map(matches, wanted, given))


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(f"{text[:40]!r} is no number") from None
    if not number.is_finite():
        raise ValueError(f"{text[:40]!r} is no number")
    return number


_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?)?)?", re.ASCII
)


def _moment(text: str) -> Decimal:
    """Seconds since 1970 of an ISO 8601 date or of a number (https://www.w3.org/TR/NOTE-datetime)."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return _number(text)
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    moment = datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0))
    since = moment.replace(tzinfo=_zone(zone)) - datetime(1970, 1, 1, tzinfo=UTC)
    return Decimal(since.days * 86400 + since.seconds) + Decimal(f"0.{fraction or 0}")


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text.startswith("-") else minutes))


def _flag(text: str) -> bool:
    flag = {"true": True, "false": False}.get(text.strip().lower())
    if flag is None:
        raise ValueError(f"{text[:40]!r} is neither true nor false")
    return flag


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"{text[:40]!r} is not base 64") from None


def _address(pattern: str, value: str) -> bool:
    network = ipaddress.ip_network(pattern.strip(), strict=False)
    try:
        address = ipaddress.ip_address(value.strip())
    except ValueError:
        return False
    return address.version == network.version and address in network


def _compared(read: Callable[[str], Any], test: Callable[[Any, Any], bool]) -> Test:
    """The test of values that `read` makes of texts; a request's value that cannot be read does not match."""

    def of(pattern: str, value: str) -> bool:
        wanted = read(pattern)
        try:
            given = read(value)
        except ValueError:
            return False
        return test(given, wanted)

    return of


def _ordered(family: str, read: Callable[[str], Any]) -> list[Operator]:
    """Equals, NotEquals and the four comparisons, of numbers or of dates."""
    rows = [Operator(f"{family}Equals", _compared(read, operator.eq))]
    rows.append(Operator(f"{family}NotEquals", _compared(read, operator.eq), negated=True))
    tests = {"LessThan": operator.lt, "LessThanEquals": operator.le}
    tests |= {"GreaterThan": operator.gt, "GreaterThanEquals": operator.ge}
    return [*rows, *(Operator(f"{family}{name}", _compared(read, test)) for name, test in tests.items())]


def _table() -> dict[str, Operator]:
    rows = [
        Operator("StringEquals", matches, texts=True),
        Operator("StringNotEquals", matches, negated=True, texts=True),
        Operator("StringEqualsIgnoreCase", _ignoring_case, texts=True),
        Operator("StringNotEqualsIgnoreCase", _ignoring_case, negated=True, texts=True),
        Operator("StringLike", matches, texts=True, wildcards=True),
        Operator("StringNotLike", matches, negated=True, texts=True, wildcards=True),
        Operator("ArnEquals", _arn, texts=True, wildcards=True),
        Operator("ArnLike", _arn, texts=True, wildcards=True),
        Operator("ArnNotEquals", _arn, negated=True, texts=True, wildcards=True),
        Operator("ArnNotLike", _arn, negated=True, texts=True, wildcards=True),
        *_ordered("Numeric", _number),
        *_ordered("Date", _moment),
        Operator("Bool", _compared(_flag, operator.eq)),
        Operator("BinaryEquals", _compared(_bytes, operator.eq)),
        Operator("IpAddress", _address),
        Operator("NotIpAddress", _address, negated=True),
    ]
    return {row.name: row for row in rows}


OPERATORS = _table()
"""By name. `Null` asks about the key, not about a value, and is in `condition`."""
