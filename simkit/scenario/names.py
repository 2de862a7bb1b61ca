"""The names of a scenario for people who type: completed with TAB, and shown at a glance."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Generic, TypeVar

from simkit.errors import nearest
from simkit.table import Table, duration, shorten

if TYPE_CHECKING:
    from simkit.scenario.scenario import Scenario

T = TypeVar("T")
MOST_NAMES = 96
"""Places that the names of one kind take at most in the short table."""


class Names(Mapping[str, T], Generic[T]):
    """Things by name, also as attributes, with every character that Python refuses written as `_`.

    >>> tokens = Names("credential", {"ci-token": 1, "deploy-key": 2})
    >>> tokens.ci_token, tokens["deploy-key"]
    (1, 2)
    >>> tokens
    Names(ci-token, deploy-key)
    """

    def __init__(self, kind: str, things: Mapping[str, T]) -> None:
        self._kind = kind
        self._things = things

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
        return [*super().__dir__(), *map(_word, self._things)]

    def __repr__(self) -> str:
        return f"Names({shorten(', '.join(self._things), MOST_NAMES)})"

    def _ipython_key_completions_(self) -> list[str]:
        return list(self._things)


def _word(name: str) -> str:
    """`name` as an attribute.

    >>> _word("2fa-token")
    '_2fa_token'
    """
    word = re.sub(r"\W", "_", name)
    return f"_{word}" if word[:1].isdigit() else word


def inventory(scenario: Scenario) -> Table:
    """What `scenario` holds: a row for each kind of thing, with how many there are and their names."""
    model = scenario.model
    kinds: Mapping[str, Mapping[str, object]] = {
        "identities": model.identities,
        "credentials": model.credentials,
        "tools": model.tools,
        "resources": model.resources,
        "roles": model.roles,
        "trust edges": {edge.name: edge for edge in model.trust},
        "tasks": model.tasks,
        "entry points": scenario.entry_points,
        "goals": scenario.goals,
    }
    rows = [(kind, len(things), shorten(", ".join(things), MOST_NAMES)) for kind, things in kinds.items() if things]
    note = f"policy in force: {scenario.policy}; horizon: {duration(scenario.horizon)}; digest: {scenario.digest[:12]}"
    return Table(("kind", "how many", "names"), rows, title=scenario.name, note=note)
