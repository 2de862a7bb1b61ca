"""A log from a file: whole, of this format, and in order, or refused with a sentence."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from simkit.errors import InputError, QuestionError
from simkit.files import decoded, read
from simkit.record import ocsf
from simkit.record.header import FORMAT, Header, epoch
from simkit.record.ocsf import Line
from simkit.record.record import Record

Count = Annotated[int, Field(ge=0, lt=1 << 63, strict=True)]
Checked = TypeVar("Checked", bound=BaseModel)


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)

    fact: Annotated[list[str], Field(min_length=3, max_length=3)]
    ended: bool = False
    since: Count = 0
    until: Count | None = None


class _Own(BaseModel):
    model_config = ConfigDict(frozen=True)

    at: str
    facts: list[_Told]
    identities: list[str] = []
    outcome: Literal["executed", "denied", "failed", "cut short", ""] = ""
    step: str = ""
    rule: str = ""
    mode: str = ""
    why: str = ""
    decision: str = ""


class _Metadata(BaseModel):
    model_config = ConfigDict(frozen=True)

    version: str
    sequence: Count


class _NamedPart(BaseModel):
    model_config = ConfigDict(frozen=True)

    uid: str


class _ActorPart(BaseModel):
    model_config = ConfigDict(frozen=True)

    session: _NamedPart | None = None


class _EventPart(BaseModel):
    """What every line has; other fields are the schema's, and pass."""

    model_config = ConfigDict(frozen=True)

    time: Count
    class_uid: Count
    activity_id: Count
    message: str
    metadata: _Metadata
    unmapped: _Own
    status_detail: str = ""
    privileges: list[str] = []
    session: _NamedPart | None = None
    actor: _ActorPart | None = None

    @model_validator(mode="after")
    def _complete(self) -> _EventPart:
        """What an explanation reads is there."""
        if self.class_uid == ocsf.AUTHORIZE.uid:
            _demand(self, "session", "privileges")
            _demand(self.unmapped, "mode", "identities")
        if self.unmapped.outcome:
            _demand(self, "status_detail")
            _demand(self.unmapped, "identities", "decision")
        return self


def _demand(part: BaseModel, *names: str) -> None:
    missing = [name for name in names if name not in part.model_fields_set or getattr(part, name) is None]
    if missing:
        raise ValueError(f"{missing[0]} is missing")


class _HeaderLine(BaseModel):
    model_config = ConfigDict(frozen=True)

    format: Count
    lines: Count
    scenario: str
    digest: str
    policy: str
    entry_point: str
    variant: str
    seed: Annotated[int, Field(ge=0, lt=1 << 64, strict=True)]
    trial: Count
    start: str
    horizon: Count
    contained: Count | None
    version: str
    identities: dict[str, str]


def read_record(path: str | os.PathLike[str]) -> Record:
    """The record in the file at `path`, or on standard input for `-`.

    Raises InputError for a file that cannot be read, is no log of simkit, is of a newer format, is cut off, or has
    lines added, lost or out of order.
    """
    name = os.fspath(path)
    file = "<stdin>" if name == "-" else name
    return read_lines(decoded(read(name), file), file)


def read_lines(text: str, name: str) -> Record:
    """The record in `text`, which came from the file `name`. Raises InputError as `read_record`."""
    rows = text.split("\n")
    header, count = _header(rows[0], name)
    whole, rest = rows[:-1], rows[-1]
    if len(whole) < count:
        raise InputError(f"{name} is cut off after line {len(whole)} of {count}: copy it again, or replay it")
    if len(whole) > count or rest:
        raise InputError(f"{name} goes on after its last line, {count}: remove what is not of the log, or replay it")
    return Record(header, tuple(_events(whole, name, header)))


def _events(rows: list[str], name: str, header: Header) -> Iterator[Line]:
    """The lines, each checked against the one before."""
    before, last = header.epoch, header.epoch + header.horizon
    for number, row in enumerate(rows):
        line = _parsed(row, f"{name}:{number + 1}")
        event = _checked(_EventPart, line, f"{name}:{number + 1}")
        if event.class_uid not in ocsf.CLASSES:
            raise InputError(
                f"{name}:{number + 1}: class_uid {event.class_uid} is none that simkit writes: replay the log"
            )
        if event.metadata.sequence != number or not before <= event.time <= last:
            raise InputError(f"{name}:{number + 1}: the line is out of order: lines were moved or lost, replay the log")
        before = event.time
        yield line


def _header(row: str, name: str) -> tuple[Header, int]:
    """The header in the first line, and how many lines there should be."""
    try:
        own = json.loads(row)["unmapped"]["record"]
        newer = own["format"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise InputError(f"{name} is not a log of simkit: write one with `simkit replay SCENARIO --out FILE`") from None
    if newer != FORMAT:
        raise InputError(f"{name} is of log format {newer!r}, this simkit reads {FORMAT}: replay it with this one")
    found = _checked(_HeaderLine, own, f"{name}:1").model_dump()
    count = found.pop("lines")
    del found["format"]
    try:
        epoch(found["start"])
    except QuestionError as error:
        raise InputError(f"{name}:1: {error}") from None
    return Header(**found), count


def _parsed(row: str, where: str) -> Line:
    try:
        line = json.loads(row)
    except (ValueError, RecursionError):
        raise InputError(f"{where}: the line is not JSON: copy the log again, or replay it") from None
    if not isinstance(line, dict):
        raise InputError(f"{where}: the line is no event: remove it, or replay the log")
    return line


def _checked(model: type[Checked], raw: Any, where: str) -> Checked:
    try:
        return model.model_validate(raw)
    except (ValidationError, RecursionError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else {"loc": (), "msg": "too deep"}
        spot = ".".join(str(part) for part in first["loc"]) or "the line"
        raise InputError(f"{where}: {spot} is not as simkit writes it ({first['msg']}): replay the log") from None
