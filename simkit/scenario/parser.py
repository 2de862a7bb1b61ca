"""Text to values and places: which language a text is in, and YAML 1.2 core, strictly.

PyYAML reads YAML 1.1, where `no` is false, `1:30` is 90 and the last of two equal keys wins in silence. Only its
event parser is used here; what a scalar means, and what a mapping may hold, is decided below.
"""

from __future__ import annotations

import os
import re
from typing import Any

from simkit.errors import InputError, Problem
from simkit.files import read as read_bytes
from simkit.scenario.ignores import ignores_in
from simkit.scenario.origins import origins_in
from simkit.scenario.places import (
    DEEPEST,
    FORBIDDEN,
    Branch,
    Document,
    Mark,
    Place,
    Point,
    Value,
    forbidden,
    point,
    refusal,
    stop,
)

MOST_ALIASED = 100_000
"""How many values aliases may repeat in all: a file of nine lines can ask for a billion."""

_OPENS_JSON = re.compile(r"\s*\{")
_PLAIN_TEXT = re.compile(r"[A-EG-MO-SU-Za-eg-mo-su-z_/]")
_CONSTANTS: dict[str, Value] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", re.ASCII)


def begins_a_scenario(file: str | os.PathLike[str]) -> bool:
    """True if `file` says `simkit:` at the start of a line, and for what cannot be read or is not UTF-8, which is
    refused later; a foreign file may be anything."""
    try:
        raw = read_bytes(file)
    except InputError:
        return True
    lines = raw.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff")
    return any(line.startswith(b"simkit:") for line in lines.splitlines())


def read(text: str, file: str) -> Document:
    """What `text` says, read as JSON where it is JSON and as YAML else. Raises ScenarioError where it is neither."""
    found = FORBIDDEN.search(text)
    if found:
        raise stop(file, point(text, found.start()), forbidden(found[0]))
    if not text.strip():
        raise stop(file, Point(0, 0), "the file is empty: a scenario starts with `simkit: 1`")
    if file.endswith(".json") or _OPENS_JSON.match(text):
        from simkit.scenario.json_parser import read_json

        document = read_json(text, file, only=file.endswith(".json"))
        if document is not None:
            return document
    return read_yaml(text, file)


def read_yaml(text: str, file: str) -> Document:
    """What the YAML in `text` says. Raises ScenarioError for what is not YAML."""
    builder = _Builder(file)
    _parse(text, file, builder)
    if not builder.documents:
        raise stop(file, Point(0, 0), "the file is empty: a scenario starts with `simkit: 1`", builder.problems)
    place = builder.place
    origins = origins_in(text)
    told = {file: origins} if origins else {}
    return Document(file, builder.value, lambda: place, builder.problems, ignores_in(text), told)


def read_stream(text: str, file: str) -> list[Document]:
    """The documents of the YAML in `text`, which `---` parts: other systems' files have several, a scenario one.

    Each has its own mistakes. Raises ScenarioError for what is not YAML.
    """
    builder = _StreamBuilder(file)
    _parse(text, file, builder)
    builder.close()
    return builder.closed


def _parse(text: str, file: str, builder: _Builder) -> None:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        parser = loader(text)
        while parser.check_event():
            builder.take(parser.get_event())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark or Point(0, 0)
        raise stop(file, mark, _sense(error), builder.problems) from None
    except yaml.YAMLError as error:
        raise stop(file, Point(0, 0), f"this is not YAML ({error}): check the file", builder.problems) from None


def _sense(error: Any) -> str:
    found = " ".join(str(part) for part in (error.context, error.problem) if part)
    mend = "indent with spaces, not tabs" if "\\t" in found else "check quotes, colons, brackets and indentation here"
    return f"this is not YAML, {found}: {mend}"


def scalar(text: str) -> Value:
    """What plain `text` means in the core schema of YAML 1.2. Raises ValueError for a number that is none.

    >>> [scalar(text) for text in ("no", "1:30", "010", "2025-08-08", "0x1F", "~")]
    ['no', '1:30', 10, '2025-08-08', 31, None]
    """
    if _PLAIN_TEXT.match(text):
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return whole(text)
    if _FLOAT.fullmatch(text):
        return real(text)
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"{text} is not a number that can be used: write a finite one")
    return text


def whole(text: str) -> int:
    """The integer in `text`, at most 18 digits long. Raises ValueError."""
    if len(text) > 18:
        raise ValueError(f"the number {text[:12]}... has {len(text)} digits: write at most 18")
    return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))


def real(text: str) -> float:
    """The finite number in `text`. Raises ValueError."""
    found = float(text)
    if found in (float("inf"), float("-inf")):
        raise ValueError(f"the number {text[:20]} is too large: write a finite one")
    return found


class _Frame:
    """A mapping or list that is still open."""

    __slots__ = ("anchor", "branch", "first", "key", "mapping", "value", "waiting")

    def __init__(self, value: Any, mark: Mark, anchor: str | None, first: int) -> None:
        self.value = value
        self.mapping = isinstance(value, dict)
        self.branch = Branch(mark)
        self.anchor = anchor
        self.first = first
        self.waiting = False
        self.key: str | None = None


class _Builder:
    """Builds one value from events, iteratively: no file can exhaust the stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.documents = 0
        self.value: Value = None
        self.place: Place = Point(0, 0)
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Value, Place, int]] = {}
        self._memory: dict[str, Value] = {}
        self._count = 0
        self._aliased = 0

    def take(self, event: Any) -> None:
        """Go on with `event`."""
        handler = _HANDLERS.get(type(event).__name__)
        if handler is not None:
            handler(self, event)

    def _refuse(self, mark: Mark, message: str) -> None:
        self.problems.append(refusal(self.file, mark, message))

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            message = "a second document starts here: a scenario is one, remove the `---`"
            raise stop(self.file, event.start_mark, message, self.problems)

    def _scalar(self, event: Any) -> None:
        mark = event.start_mark
        text = event.value
        self._count += 1
        value: Any
        if event.tag is not None:
            self._tag(event)
            value = text
        elif event.implicit[0]:
            value = self._memory[text] if text in self._memory else self._plain(text, mark)
            if text == "<<" and not self._is_value():
                self._refuse(mark, "the merge key << is not allowed: write the keys out")
                value = None
        else:
            value = self._quoted(text, mark)
        if event.anchor is not None:
            self._anchors[event.anchor] = (value, mark, 1)
        self._add(value, mark)

    def _plain(self, text: str, mark: Mark) -> Value:
        try:
            value = scalar(text)
        except ValueError as error:
            self._refuse(mark, str(error))
            return None
        self._memory[text] = value
        return value

    def _quoted(self, text: str, mark: Mark) -> str:
        found = FORBIDDEN.search(text)
        if found:
            self._refuse(mark, forbidden(found[0]))
            return FORBIDDEN.sub("?", text)
        return text

    def _tag(self, event: Any) -> None:
        self._refuse(event.start_mark, f"the tag {event.tag!r} is not allowed: write the plain value")

    def _start(self, event: Any, value: Value) -> None:
        if event.tag is not None:
            self._tag(event)
        if len(self._open) >= DEEPEST:
            message = f"more than {DEEPEST} levels are nested here: no scenario needs so many"
            raise stop(self.file, event.start_mark, message, self.problems)
        self._open.append(_Frame(value, event.start_mark, event.anchor, self._count))
        self._count += 1

    def _end(self, _: Any) -> None:
        frame = self._open.pop()
        if frame.anchor is not None:
            self._anchors[frame.anchor] = (frame.value, frame.branch, self._count - frame.first)
        self._add(frame.value, frame.branch)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            message = f"the alias *{event.anchor} repeats nothing that is complete before it: define &{event.anchor}"
            raise stop(self.file, event.start_mark, message, self.problems)
        value, place, size = self._anchors[event.anchor]
        self._count += size
        self._aliased += size
        if self._aliased > MOST_ALIASED:
            message = f"aliases repeat more than {MOST_ALIASED} values here: write them out, or generate the file"
            raise stop(self.file, event.start_mark, message, self.problems)
        self._add(value, place if self._is_value() else event.start_mark)

    def _is_value(self) -> bool:
        return not self._open or not self._open[-1].mapping or self._open[-1].waiting

    def _add(self, value: Any, place: Place) -> None:
        if not self._open:
            self.value, self.place = value, place
            return
        frame = self._open[-1]
        if not frame.mapping:
            frame.value.append(value)
            frame.branch.items.append(place)
        elif not frame.waiting:
            self._key(frame, value, place.mark if isinstance(place, Branch) else place)
        else:
            frame.waiting = False
            if frame.key is not None:
                frame.value[frame.key] = value
                frame.branch.children[frame.key] = place

    def _key(self, frame: _Frame, key: Any, mark: Mark) -> None:
        """Open `key`; one that is refused is None, and its value is read and left out."""
        frame.waiting = True
        frame.key = None
        if not isinstance(key, str):
            self._refuse(mark, "a key must be text: put it in quotes")
        elif key in frame.branch.keys:
            line = frame.branch.keys[key].line + 1
            self._refuse(mark, f"the key {key[:60]!r} stands twice, first on line {line}: remove one")
        else:
            frame.key = key
            frame.branch.keys[key] = mark


class _StreamBuilder(_Builder):
    """Builds a value for each document; anchors end with theirs."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.closed: list[Document] = []

    def _document(self, event: Any) -> None:
        self.close()
        self.documents += 1
        self.place = event.start_mark

    def close(self) -> None:
        """Keep the document that was read last, if there is one, and be ready for another."""
        if self.documents > len(self.closed):
            place = self.place
            self.closed.append(Document(self.file, self.value, lambda: place, self.problems))
        self.value, self.problems, self._anchors = None, [], {}


_HANDLERS: dict[str, Any] = {
    "DocumentStartEvent": lambda builder, event: builder._document(event),
    "ScalarEvent": _Builder._scalar,
    "MappingStartEvent": lambda builder, event: builder._start(event, {}),
    "SequenceStartEvent": lambda builder, event: builder._start(event, []),
    "MappingEndEvent": _Builder._end,
    "SequenceEndEvent": _Builder._end,
    "AliasEvent": _Builder._alias,
}
