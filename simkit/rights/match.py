"""Patterns of policies: wildcards and variables, matched in a time that grows with the text, whatever the pattern.

`*` stands for any characters, colons and slashes too, and `?` for one
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html). A regular expression
would do, but one with many stars can take longer than anybody waits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from simkit.rights.truth import Truth

ANY, ONE = "\x00", "\x01"
"""What stands for `*` and `?` in a compiled pattern: no policy text holds them (`document` refuses them)."""

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT = re.compile(r"\s*([^,\s]+)\s*(?:,\s*'([^']*)')?\s*")
_SPECIAL = {"*": "*", "?": "?", "$": "$"}
"""`${*}`, `${?}` and `${$}` are the characters themselves."""


def compiled(text: str) -> str:
    """`text` with its wildcards marked."""
    return text.replace("*", ANY).replace("?", ONE)


def matches(pattern: str, text: str) -> bool:
    """Whether the compiled `pattern` stands for `text`, all of it.

    >>> matches(compiled("arn:aws:s3:::*log*/?"), "arn:aws:s3:::my-logs/a")
    True
    >>> matches(compiled("s3:Get*"), "s3:PutObject")
    False
    """
    if pattern == ANY:
        return True
    head, *rest = pattern.split(ANY)
    if not rest:
        return len(head) == len(text) and _fits(head, text, 0)
    *middle, tail = rest
    at, end = len(head), len(text) - len(tail)
    if at > end or not _fits(head, text, 0) or not _fits(tail, text, end):
        return False
    # Leftmost is right: a piece that is found earlier leaves more room to those after it.
    for piece in middle:
        found = _search(piece, text, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _fits(piece: str, text: str, at: int) -> bool:
    if ONE not in piece:
        return text.startswith(piece, at)
    return all(own in (ONE, text[at + index]) for index, own in enumerate(piece))


def _search(piece: str, text: str, at: int, end: int) -> int:
    """Where `piece` is found first in `text[at:end]`; -1 where it is not.

    With `?` in it: one bit for each prefix of the piece that ends here (shift-and; Baeza-Yates and Gonnet 1992).
    """
    if ONE not in piece:
        return text.find(piece, at, end)
    anywhere = sum(1 << index for index, own in enumerate(piece) if own == ONE)
    masks: dict[str, int] = {}
    for index, own in enumerate(piece):
        if own != ONE:
            masks[own] = masks.get(own, anywhere) | 1 << index
    prefixes, whole = 0, 1 << len(piece) - 1
    for position in range(at, end):
        prefixes = (prefixes << 1 | 1) & masks.get(text[position], anywhere)
        if prefixes & whole:
            return position - len(piece) + 1
    return -1


class Variable(NamedTuple):
    """`${key, 'default'}`; `default` is None where there is none."""

    key: str
    default: str | None


class Filled(NamedTuple):
    """A template with its variables replaced; not `sure` where the value of one is not known (it stands for any)."""

    pattern: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Template:
    """A text of a policy: `source` as written, and its parts: compiled text, and variables."""

    source: str
    parts: tuple[str | Variable, ...]

    @property
    def fixed(self) -> str | None:
        """The compiled text, where no variable is in it."""
        if not self.parts:
            return ""
        return self.parts[0] if len(self.parts) == 1 and isinstance(self.parts[0], str) else None


def template(source: str, *, variables: bool = True, wildcards: bool = True) -> Template:
    """`source` taken apart. Without `variables` (version 2008-10-17) `${...}` is plain text.

    >>> template("home/${aws:username, 'all'}").parts
    ('home/', Variable(key='aws:username', default='all'))
    """
    plain = compiled if wildcards else str
    parts: list[str | Variable] = []
    at = 0
    for found in _VARIABLE.finditer(source) if variables else ():
        parts.append(plain(source[at : found.start()]))
        parts.append(_variable(found[1]))
        at = found.end()
    parts.append(plain(source[at:]))
    return Template(source, _joined(parts))


def _variable(inside: str) -> str | Variable:
    if inside in _SPECIAL:
        return _SPECIAL[inside]
    found = _DEFAULT.fullmatch(inside)
    return Variable(found[1].lower(), found[2]) if found else Variable(inside.strip().lower(), None)


def _joined(parts: list[str | Variable]) -> tuple[str | Variable, ...]:
    """`parts` without empty text, neighbouring texts made one."""
    kept: list[str | Variable] = []
    for part in parts:
        if isinstance(part, str) and kept and isinstance(kept[-1], str):
            kept[-1] += part
        elif part != "":
            kept.append(part)
    return tuple(kept)


class Unknown:
    """The value of a variable is not known; it may have none."""


UNKNOWN = Unknown()
LookUp = Callable[[str], "str | Unknown | None"]
"""From a key in lower case to its value; None where the request does not carry it."""


def fill(form: Template, look_up: LookUp) -> Filled | None:
    """`form` with each variable replaced by its value, in which wildcards are plain characters.

    None where a variable has neither value nor default: such a text matches nothing
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value).
    """
    texts, sure = list[str](), True
    for part in form.parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        value = look_up(part.key)
        value = part.default if value is None else value
        if value is None:
            return None
        sure = sure and isinstance(value, str)
        texts.append(value if isinstance(value, str) else ANY)
    return Filled("".join(texts), sure)


def holds(filled: Filled | None, test: Callable[[str], bool]) -> Truth:
    """Whether a filled text passes `test`; None where that depends on a value that is not known."""
    if filled is None or not test(filled.pattern):
        return False
    return True if filled.sure else None
