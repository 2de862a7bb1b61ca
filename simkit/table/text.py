"""Text in a terminal or in Markdown: escaped, measured, shortened, wrapped."""

from __future__ import annotations

import re
import unicodedata


def printable(text: str) -> str:
    r"""`text` with everything escaped that moves a cursor, hides or reorders what is read.

    >>> printable("red\x1b[31m\nline")
    'red\\x1b[31m\\nline'
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escaped(char) for char in text)


def _escaped(char: str) -> str:
    """Joiners (U+200C, U+200D) stay: scripts and emoji need them. Bidirectional controls and tag characters go."""
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") or (category == "Cf" and char not in "\u200c\u200d"):
        return char.encode("unicode_escape").decode("ascii")
    return char


def width(text: str) -> int:
    """How many places `text` takes in a terminal: wide characters take two, combining ones none.

    >>> width("naïve"), width("漢字")
    (5, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_places(char) for char in text)


def _places(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


_MARKUP = re.compile(r"[\\|*`\[\]<>&~$]|(?<![^\W_])_|_(?![^\W_])")
_LINKED = re.compile(r"[@#](?=\w)|:(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)
"""What code hosts turn into mentions, references and links on their own, in the text that is left after Markdown."""


def escape_markdown(text: str) -> str:
    r"""`text` so that Markdown reads no markup and no HTML in it, and a code host no mention, reference or link.

    A zero-width space breaks the latter, as Renovate does it: hosts look for them after entities are resolved.

    >>> escape_markdown("a|b <b> @team snake_case")
    'a\\|b \\<b\\> @&#8203;team snake_case'
    """
    escaped = _MARKUP.sub(lambda found: "\\" + found.group(), printable(text))
    return _LINKED.sub(lambda found: found.group() + "&#8203;", escaped)


def shorten(text: str, places: int, *, tail: int = 0) -> str:
    """`text` cut to `places`, with `…` where something is left out: before the last `tail` places.

    >>> shorten("customers-leaked", 10), shorten("customers-leaked", 10, tail=4)
    ('customers…', 'custo…aked')
    """
    if width(text) <= places:
        return text
    end = _head(text[::-1], tail)[::-1]
    return _head(text, places - 1 - width(end)) + "…" + end


def _head(text: str, places: int) -> str:
    """As much of the start of `text` as fits."""
    taken = 0
    for index, char in enumerate(text):
        taken += _places(char)
        if taken > places:
            return text[:index]
    return text


def wrap(text: str, places: int | None) -> list[str]:
    """`text` in lines of at most `places`.

    Lines break at spaces, but never between a number and its unit; inside a word only where it is too long for a
    line, after punctuation if there is some.

    >>> wrap("read every customer-record", 9)
    ['read', 'every', 'customer-', 'record']
    """
    if places is None or width(text) <= places:
        return [text]
    lines: list[str] = []
    line: str | None = None
    for word in _words(text):
        longer = word if line is None else f"{line} {word}"
        if width(longer) <= places:
            line = longer
            continue
        if line is not None:
            lines.append(line)
        *pieces, line = _pieces(word, max(places, 2))
        lines.extend(pieces)
    return [*lines, line or ""]


_UNIT = re.compile(r"(%|ms|s|min|h|d|y)[\]),.;:]*")
_SOFT = re.compile(r"(?<=[^\W\d_][-_./@:+])(?=\w)")
"""The places after the punctuation that names are joined by: where a long name may be broken; never in a number."""


def _words(text: str) -> list[str]:
    """The words of `text`, a number and its unit as one."""
    words: list[str] = []
    for word in text.split(" "):
        if words and words[-1][-1:].isdigit() and _UNIT.fullmatch(word):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def _pieces(word: str, places: int) -> list[str]:
    """`word` in pieces of at most `places`, between its soft parts where those fit."""
    pieces = [""]
    for part in _SOFT.split(word):
        if width(pieces[-1]) + width(part) > places and pieces[-1]:
            pieces.append("")
        while width(part) > places:
            pieces[-1] = _head(part, places)
            part = part[len(pieces[-1]) :]
            pieces.append("")
        pieces[-1] += part
    return pieces


def unbroken(text: str) -> int:
    """How wide a line must be so that `text` is broken at spaces and soft parts only."""
    return max((width(part) for word in _words(text) for part in _SOFT.split(word)), default=1)
