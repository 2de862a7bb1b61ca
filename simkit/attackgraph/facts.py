"""Facts (OR nodes), steps (AND nodes) and the entries that start an attack, by name.

What a graph has many of is a named tuple, frozen like a dataclass, but made, hashed and compared
faster; `step._replace(chance=0.5)` is `step` with another chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from simkit.distributions import Distribution, Fixed

LASTING = frozenset(
    {"lost", "deleted", "performed", "tainted", "copied", "reached", "whole", "enough", "inside", "dropped", "outlet"}
    | {"lifted", "waived"}
)
"""Kinds of facts that end by themselves never: what is out is out."""
TIMED = frozenset({"reading", "using", "rereading", "reusing"})
"""Kinds of facts whose time adds up: one that begins again goes on where it stopped, and what a sample keeps of it is
for how long it held in all (ms), not when it first did."""
WITHIN = TIMED | {
    *("replays", "steers", "errs", "asks", "drives", "seen", "outbound", "approved", "claimed", "recurring")
}
"""Kinds of facts that live inside a session: what a run brought of these ends with the run."""
STIRRING = frozenset({"holds", "exposed", "kept", "runs_in", "tainted", "copied", "performed", "lifted", "waived"})
"""Kinds of facts from outside that a run of a task may turn into something: when one begins, the next run counts."""
UNKNOWN = (LASTING - {"tainted"}) | TIMED | {"claimed", "recurring"}
"""Kinds of facts that are no thing that responders could know of: damage is not a link between two sessions. Runs that
follow one another end with the account that they run as, whoever knows of them."""

_SESSIONS = frozenset({"replays", "steers", "errs", "asks", "drives"})
_RUNS = frozenset({"recurring"})
_SECRETS = frozenset({"holds", "exposed", "kept"})
ENDS: Mapping[str, frozenset[str]] = {
    "revoke-secret": _SECRETS,
    "disable": _SESSIONS | _RUNS,
    "delete": _SESSIONS | _RUNS | _SECRETS,
    "remove-entitlement": _SESSIONS | _RUNS,
    "terminate-sessions": _SESSIONS,
    "clean-content": frozenset({"tainted"}),
    "evict-code": frozenset({"runs_in"}),
}
"""What responders can do, and the kinds of facts that it ends."""
ACTIONS = tuple(ENDS)
GROUPED = ("disable", "delete", "remove-entitlement")
"""The actions that end all that an identity has, not one secret or session, and keep it from being had again. They are
not done for what responders know and overlook."""

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
    itself, for a step without premises); None is never, a distribution is drawn once for each sample and step. `aged`
    takes a uniformly random part of `after`: the token was not fresh. A `run` lasts `after` from the conclusion itself,
    and comes again as long as the premises hold. What `rotates` ends at the next rotation of a schedule with a period
    of so many seconds, instead of `after`. `outlives` says for each of `ACTIONS` how many seconds the fact outlives a
    premise that responders ended so; not given, what lives inside a session ends with it, and a secret that was found
    or code that was planted does not. `ground` is what this conclusion rests on besides what its step does: a token
    *lies* in a place.
    """

    fact: Fact
    after: float | Distribution | None = 0.0
    aged: bool = False
    run: bool = False
    rotates: float | None = None
    outlives: tuple[float | None, ...] = ()
    ground: Ground | None = None


class Step(NamedTuple):
    """One attack step: all `premises` must hold together; then it takes its time, and may succeed.

    `key` is made of names, never of positions, and is unique in a graph. `fate` is the name under which its draws are
    made (the key, if empty): what one identity does to one target meets the same fate in each session that policies
    cut for it. `rule` names the technique, `label` reads well in a path. A step takes its `duration`, the `wait` for a
    task's next run and the `approval` of a person. `alert` is the chance that the concluded step raises an alert,
    `alert_delay` how long after; a `logged` step links what it rests on with what it concludes, for responders. While
    one of `silenced` holds, it is not logged, and raises an alert with the chance `shown` alone (at most `alert`). A
    step that comes `again` is a run of a task: it is taken anew whenever something new was won.

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
    logged: bool = False
    again: bool = False
    silenced: tuple[Fact, ...] = ()
    shown: float = 0.0

    @property
    def ground(self) -> Ground:
        """The ground that a report names."""
        return self.grounds[0]

    def facts(self) -> Iterator[Fact]:
        """What it needs, and what it concludes."""
        return chain(self.premises, (each.fact for each in self.conclusions))


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


class Action(NamedTuple):
    """What a responder does (one of `ACTIONS`), how long after it became known, and the name under which that is
    drawn: actions of one name take the same time in a sample."""

    kind: str
    delay: Distribution
    fate: str = ""


@dataclass(frozen=True, slots=True)
class Containment:
    """The defenders as the engines see them.

    `responders` are what each of them does. For a fact that is known, `by` says which of them deals with it (none, if
    it is not there), `groups` what is disabled together with it, `forgotten` the chance that it is missed, and then
    dies `lag` later all the same, `overlooked` the chance that responders, who know it, miss the account behind it,
    `fates` the name under which both are drawn (its own, if it is not there), `spread` how many seconds an action takes
    to reach it, and `spared` which actions do not end it. `told` are the facts that a known fact gives away: a session
    names its tokens.
    """

    responders: tuple[tuple[Action, ...], ...] = ()
    lag: Distribution = AT_ONCE
    by: Mapping[Fact, int] = field(default_factory=dict)
    groups: Mapping[Fact, str] = field(default_factory=dict)
    forgotten: Mapping[Fact, float] = field(default_factory=dict)
    spread: Mapping[Fact, float] = field(default_factory=dict)
    spared: Mapping[Fact, tuple[str, ...]] = field(default_factory=dict)
    told: Mapping[Fact, tuple[Fact, ...]] = field(default_factory=dict)
    overlooked: Mapping[Fact, float] = field(default_factory=dict)
    fates: Mapping[Fact, str] = field(default_factory=dict)
