"""What must not happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class GoalTerm:
    """A part of a goal, which holds when all of it does: `lost` are (resource, impact) pairs, `performed` (operation,
    target) pairs (an empty target: any), and `steered` names an agent of which some session must be the attacker's."""

    lost: tuple[tuple[str, str], ...] = ()
    performed: tuple[tuple[str, str], ...] = ()
    steered: str = ""

    @property
    def is_empty(self) -> bool:
        """True if it asks for nothing."""
        return not (self.lost or self.performed or self.steered)

    @property
    def is_words(self) -> bool:
        """True if nothing has to be lost or performed for it."""
        return not (self.lost or self.performed)


@dataclass(frozen=True, slots=True)
class Goal:
    """A crown jewel: reached when all that it names has happened, and one of `any_of`, where that is given.

    `lost`, `performed` and `steered` are as in a term. `all_of` are further terms that are all needed: what a file says
    under `all`. `at_least` is how many records have to be out, of each resource that has records and that it
    names as lost by confidentiality; None: any is enough.
    """

    name: str
    lost: tuple[tuple[str, str], ...] = ()
    performed: tuple[tuple[str, str], ...] = ()
    steered: str = ""
    all_of: tuple[GoalTerm, ...] = ()
    any_of: tuple[GoalTerm, ...] = ()
    at_least: float | None = None
    note: str = ""

    @property
    def bare(self) -> GoalTerm:
        """What it names outside of `all_of` and `any_of`."""
        return GoalTerm(self.lost, self.performed, self.steered)

    @property
    def terms(self) -> tuple[GoalTerm, ...]:
        """All its terms, whether they are needed or alternatives."""
        return (self.bare, *self.all_of, *self.any_of)

    def ways(self) -> Iterator[tuple[GoalTerm, ...]]:
        """Each way to reach it: the terms that have to hold together."""
        needed = (self.bare, *self.all_of)
        yield from ((*needed, other) for other in self.any_of) if self.any_of else (needed,)

    def merged(self) -> Goal:
        """The same goal with what stands under `all_of` among the rest, as far as one agent is steered."""
        lost, performed, steered, left = self.lost, self.performed, self.steered, []
        for term in self.all_of:
            lost += tuple(pair for pair in term.lost if pair not in lost)
            performed += tuple(pair for pair in term.performed if pair not in performed)
            steered = steered or term.steered
            left += [GoalTerm(steered=term.steered)] if term.steered not in ("", steered) else []
        return replace(self, lost=lost, performed=performed, steered=steered, all_of=tuple(left))

    @property
    def is_words(self) -> bool:
        """True if it can be reached by words alone."""
        return any(all(term.is_words for term in way) for way in self.ways())

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources that it names as lost, each once."""
        return tuple(dict.fromkeys(resource for term in self.terms for resource, _ in term.lost))

    @property
    def read(self) -> tuple[str, ...]:
        """The resources whose confidentiality it names as lost, each once."""
        pairs = dict.fromkeys(pair for term in self.terms for pair in term.lost)
        return tuple(resource for resource, impact in pairs if impact == "confidentiality")

    @property
    def operations(self) -> tuple[tuple[str, str], ...]:
        """The (operation, target) pairs that it names as performed, each once."""
        return tuple(dict.fromkeys(pair for term in self.terms for pair in term.performed))

    @property
    def agents(self) -> tuple[str, ...]:
        """The agents that it names as steered, each once."""
        return tuple(dict.fromkeys(term.steered for term in self.terms if term.steered))
