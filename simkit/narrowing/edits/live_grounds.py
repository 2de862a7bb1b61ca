"""The grounds of what an attack can do, found by what an edit is about: so that no edit looks at all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from simkit.attackgraph import Ground
from simkit.model import Model
from simkit.narrowing.edits.edit import Narrowing
from simkit.techniques.grounds import kind_of


@dataclass(frozen=True, slots=True)
class LiveGrounds:
    """Grounds in a fixed order: `all`, and `naming` each by its names, by the name of its trust edge, and by whose it
    is."""

    model: Model
    all: tuple[Ground, ...]
    naming: Mapping[str, tuple[Ground, ...]]

    @classmethod
    def of(cls, grounds: Iterable[Ground], model: Model) -> LiveGrounds:
        """`grounds`, each once."""
        each = tuple(dict.fromkeys(grounds))
        found: dict[str, list[Ground]] = {}
        for ground in each:
            for name in dict.fromkeys(_names(ground, model)):
                found.setdefault(name, []).append(ground)
        return cls(model, each, {name: tuple(those) for name, those in found.items()})

    def are_borne_on(self, narrowing: Narrowing) -> bool:
        """True if `narrowing` takes away or weakens a step that rests on one of them."""
        names = narrowing.about
        those = self.all if names is None else (each for name in names for each in self.naming.get(name, ()))
        return any(narrowing.bears_on(ground, self.model) for ground in those)


def _names(ground: Ground, model: Model) -> Iterator[str]:
    yield from ground.names
    yield kind_of(ground).owner(ground, model)
    if ground.kind == "trust":
        yield "{} -{}-> {}".format(*ground.names)
