"""The names of a scenario for people who type: as keys, and as attributes that TAB completes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword
from typing import Generic, TypeVar

from simkit.errors import nearest
from simkit.model import listed
from simkit.model.model import MOST_NAMES
from simkit.table import shorten

T = TypeVar("T")


class Names(Mapping[str, T], Generic[T]):
    """Things by name, also as attributes: what Python refuses in a name is written as `_`, and a word that Python or a
    mapping needs gets a `_` behind it. Names that read alike as attributes are reached by their keys only.

    >>> tokens = Names("credential", {"ci-token": 1, "deploy-key": 2})
    >>> tokens.ci_token, tokens["deploy-key"]
    (1, 2)
    >>> tokens
    Names(ci-token, deploy-key)
    """

    def __init__(self, kind: str, things: Mapping[str, T]) -> None:
        self._kind = kind
        self._things: Mapping[str, T] = things._things if isinstance(things, Names) else things

    def __getitem__(self, name: str) -> T:
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._things)

    def __len__(self) -> int:
        return len(self._things)

    def __getattr__(self, word: str) -> T:
        """The thing whose name reads as `word`. Raises AttributeError where there is none, or more than one."""
        if word.startswith("__"):
            raise AttributeError(word)
        found = [name for name in self._things if _word(name) == word]
        if len(found) == 1:
            return self._things[found[0]]
        if found:
            raise AttributeError(f"{word!r} may be {' or '.join(map(repr, found))}: write the name in brackets")
        raise AttributeError(f"no {self._kind} is called {word!r}: {nearest(word, map(_word, self._things))}")

    def __dir__(self) -> list[str]:
        words = Counter(map(_word, self._things))
        return [*super().__dir__(), *(word for word, names in words.items() if names == 1)]

    def __repr__(self) -> str:
        return f"Names({shorten(', '.join(self._things), MOST_NAMES)})"

    def _repr_html_(self) -> str:
        return listed({self._kind: self._things}).html()

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._things)


def _word(name: str) -> str:
    """`name` as an attribute.

    >>> _word("2fa-token"), _word("class"), _word("keys")
    ('_2fa_token', 'class_', 'keys_')
    """
    word = re.sub(r"\W", "_", name)
    if iskeyword(word) or hasattr(Mapping, word):
        return f"{word}_"
    return f"_{word}" if word[:1].isdigit() else word


def each_name(given: str | Iterable[str] | None) -> tuple[str, ...] | None:
    """The names that a caller gave: one alone is one name, not letter by letter; None stays None."""
    return None if given is None else (given,) if isinstance(given, str) else tuple(given)
