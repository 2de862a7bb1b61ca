"""Facts (OR nodes), steps (AND nodes) and the entries that start an attack, by name.

What a graph has many of is a named tuple, frozen like a dataclass, but made, hashed and compared
faster; `step._replace(chance=0.5)` is `step` with another chance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from simkit.distributions import Distribution, Fixed

LASTING = frozenset({"lost", "deleted", "performed", "tainted", "seen", "reached"})
"""Kinds of facts that end by themselves never: what is out is out."""
SURVIVING = LASTING - {"tainted"}
"""Kinds of facts that containment does not end. It removes planted content: `tainted` ends with it (our reading)."""

AT_ONCE = Fixed(0.0)


class Fact(NamedTuple):
    """Something that holds or does not: a kind and what it is about."""

    kind: str
    subject: str
    object: str = ""

    def __str__(self) -> str:
        return f"{self.kind}({self.subject}, {self.object})" if self.object else f"{self.kind}({self.subject})"


class Ground(NamedTuple):
    """What something rests on, so that a report can say why it happened and a scorer what to remove.

    `kind` is a row of a table that this package does not know, and `names` identify the ground there. `within` is the
    one of several places in which it counts (an entitlement counts in a session); it is no part of what people read.
    """

    kind: str
    names: tuple[str, ...] = ()
    within: str = ""

    def __str__(self) -> str:
        return " ".join((self.kind, *self.names))


class Conclusion(NamedTuple):
    """A fact that a step concludes, and for how long it holds unless its kind is lasting.

    It ends `after` seconds after the last moment at which the step's premises hold together (after the conclusion
    itself, for a step without premises); None is never. `aged` takes a uniformly random part of `after`: the token
    was not fresh. `ground` is what this conclusion rests on besides what its step does: a token *lies* in a place.
    """

    fact: Fact
    after: float | None = 0.0
    aged: bool = False
    ground: Ground | None = None


class Step(NamedTuple):
    """One attack step: all `premises` must hold together; then it takes its time, and may succeed.

    `key` is made of names, never of positions, and is unique in a graph. `fate` is the name under which its draws are
    made (the key, if empty): what one identity does to one target meets the same fate in each session that policies
    cut for it. `rule` names the technique, `label` reads well in a path. A step takes its `duration`, the `wait` for a
    task's next run and the `approval` of a person. `alert` is the chance that the concluded step raises an alert,
    `alert_delay` how long after.

    `grounds` are what the step rests on, all of them together; the first is what a report names.
    """

    key: str
    rule: str
    premises: tuple[Fact, ...]
    conclusions: tuple[Conclusion, ...]
    grounds: tuple[Ground, ...]
    label: str = ""
    fate: str = ""
    chance: float = 1.0
    duration: Distribution = AT_ONCE
    wait: Distribution = AT_ONCE
    approval: Distribution = AT_ONCE
    alert: float = 0.0
    alert_delay: Distribution = AT_ONCE

    @property
    def ground(self) -> Ground:
        """The ground that a report names."""
        return self.grounds[0]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way that an entry may turn out (one leak is one token), with its weight and its steps without premises."""

    name: str
    weight: float
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """How an attack starts: one of its variants, drawn for each sample."""

    name: str
    variants: tuple[Variant, ...] = field(default=())
