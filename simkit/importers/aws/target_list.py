"""Things of one kind that rights may be about: which of them fit a pattern is found out once for each pattern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simkit.rights import Target
from simkit.rights.match import ANY, ONE, matches


class TargetList:
    """Targets in a fixed order. `described`: some have policies of their own, so that two whose names fit the same
    patterns may still be decided differently."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self.targets: Sequence[Target] = tuple(targets)
        self.described = any(each.policy or not each.seen for each in self.targets)
        self._positions: dict[str, list[int]] = {}
        for position, each in enumerate(self.targets):
            self._positions.setdefault(each.arn, []).append(position)
        self._fitting: dict[str, frozenset[int]] = {}
        self.all = frozenset(range(len(self.targets)))

    def __len__(self) -> int:
        return len(self.targets)

    def fitting(self, pattern: str) -> frozenset[int]:
        """Positions of the targets that the compiled `pattern` stands for."""
        if pattern == ANY:
            return self.all
        if ANY not in pattern and ONE not in pattern:
            return frozenset(self._positions.get(pattern, ()))
        if pattern not in self._fitting:
            found = (at for at, each in enumerate(self.targets) if matches(pattern, each.arn))
            self._fitting[pattern] = frozenset(found)
        return self._fitting[pattern]


def instance_of(pattern: str) -> str:
    """A text that the compiled `pattern` stands for.

    >>> instance_of("function:a-*".replace("*", chr(0)))
    'function:a-x'
    """
    return pattern.replace(ANY, "x").replace(ONE, "x")
