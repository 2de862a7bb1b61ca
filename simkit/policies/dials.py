"""The dials of a grant policy: a row for each, weakest setting first."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from fnmatch import fnmatchcase
from typing import Any, Literal

from simkit.errors import PolicyError, nearest
from simkit.model import Identity
from simkit.table import duration, percent

LOGGING: Mapping[str, str] = {"manual": "none", "rotation": "identity", "automatic": "action"}
"""The level of logging that comes with each setting of the response dial."""

Takes = Literal["rights", "lifetime", "sender", "use"]
"""What a stronger setting takes away: what a session may do, how long, from where, or a use without a question."""


@dataclass(frozen=True, slots=True)
class Rider:
    """A number of the policy that belongs to a dial: it counts while the dial stands at one of `at`, and moves with it.

    `said` writes the setting and the number together.
    """

    field: str
    at: tuple[str, ...]
    said: Callable[[str, float], str]


@dataclass(frozen=True, slots=True)
class Dial:
    """One dial: what it `decides`, and what each setting `means`, weakest first. A policy that says nothing of it has
    the setting `start`.

    `takes` and `place` order what narrowing proposes where two proposals do as well as each other; None for a dial that
    cannot be turned for one identity alone. `may_outlive`: a stronger setting can let a token live longer. One that is
    `opted_into` is turned by nobody but who says so: the named policies leave it where it starts, and what turns each
    dial in its turn (narrowing, the ladder of the evidence) leaves it alone where a policy has not turned it.
    """

    name: str
    decides: str
    means: Mapping[str, str]
    start: str
    takes: Takes | None = None
    place: int = 9
    may_outlive: bool = False
    riders: tuple[Rider, ...] = ()
    opted_into: bool = False

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings, weakest first."""
        return tuple(self.means)

    @property
    def weakest(self) -> str:
        """The first setting."""
        return self.settings[0]

    @property
    def strongest(self) -> str:
        """The last setting."""
        return self.settings[-1]

    @property
    def moves(self) -> tuple[str, ...]:
        """The fields of a policy that move with this dial: itself and its riders."""
        return (self.name, *(rider.field for rider in self.riders))

    def stands(self, policy: GrantPolicy) -> tuple[object, ...]:
        """Where `policy` has this dial: the setting, and the riders that count there."""
        setting: str = getattr(policy, self.name)
        return (setting, *(getattr(policy, rider.field) for rider in self.riders if setting in rider.at))

    def said(self, policy: GrantPolicy) -> str:
        """Where `policy` has this dial, in words."""
        setting: str = getattr(policy, self.name)
        for rider in self.riders:
            number = getattr(policy, rider.field)
            if setting in rider.at and number is not None:
                setting = rider.said(setting, number)
        return setting


def dial(
    decides: str,
    means: Mapping[str, str],
    *,
    start: str,
    takes: Takes | None,
    place: int = 9,
    may_outlive: bool = False,
    riders: tuple[Rider, ...] = (),
    opted_into: bool = False,
) -> Any:
    """The field of a GrantPolicy that is a dial; the field's name becomes the dial's."""
    row = Dial("", decides, means, start, takes, place, may_outlive, riders, opted_into)
    return field(default=start, metadata={"dial": row})


@dataclass(frozen=True, slots=True)
class Selector:
    """Which identities a policy governs: those whose every given field matches one of its globs."""

    name: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    tier: tuple[str, ...] = ()

    def governs(self, identity: Identity) -> bool:
        """True if `identity` is selected.

        >>> Selector(kind=("agent",)).governs(Identity("ci", kind="pipeline"))
        False
        """
        fields = ("name", "kind", "stage", "environment", "tier")
        return all(self._matches(getattr(self, key), getattr(identity, key)) for key in fields)

    @staticmethod
    def _matches(patterns: tuple[str, ...], value: str) -> bool:
        return not patterns or any(fnmatchcase(value, pattern) for pattern in patterns)


@dataclass(frozen=True, slots=True)
class GrantPolicy:
    """A point in the space of `DIALS`. Each field that is a `dial` is a row of that table: to add a dial, add a row
    here, and say in `policies.sessions` or in a technique what it does.

    `ttl` (seconds) is how long a token lives under `expiry: ttl`; None takes each credential's own effective ttl.
    `miss_rate` overrides the response's chance that an out-of-context use passes `context: checks`. `approved_for`
    (seconds) is how long an approval stands under `asked: time`; None is an hour (our assumption). Identities that
    `applies_to` does not select are governed by `otherwise`. Raises PolicyError for a setting that a dial lacks.
    """

    name: str
    # the five controls that IAM guidance for AI systems asks for
    identity: str = dial(
        "who a secret stands for",
        {"shared": "a whole tier", "workload": "one workload", "task": "one instance of a task"},
        start="workload",
        takes="rights",
        place=2,
        may_outlive=True,
    )
    scope: str = dial(
        "what a session may do",
        {
            "all": "everything that its tier may",
            "role": "what the identity's roles allow",
            "task+reads": "the task's writes and all reads of the role",
            "task": "exactly what the task needs",
            "task+arguments": "what the task needs, with its targets bound",
        },
        start="role",
        takes="rights",
        place=1,
    )
    expiry: str = dial(
        "when a session ends by itself",
        {"none": "never", "ttl": "after its time to live", "completion": "when its task completes"},
        start="none",
        takes="lifetime",
        may_outlive=True,
        riders=(Rider("ttl", ("ttl",), lambda _, seconds: f"ttl {duration(seconds)}"),),
    )
    context: str = dial(
        "how each use is judged",
        {
            "none": "not at all",
            "checks": "by environment, by where it comes from, by what the session has read",
            "approval": "so, and high-impact effects wait for a person",
        },
        start="none",
        takes="use",
        riders=(
            Rider("miss_rate", ("checks", "approval"), lambda setting, share: f"{setting}, misses {percent(share)}"),
        ),
    )
    approval: str = dial(
        "what a person is asked about",
        {
            "none": "nothing, but by `context: approval`",
            "high-impact": "operations of high impact",
            "all": "every operation",
        },
        start="none",
        takes="use",
        opted_into=True,
    )
    asked: str = dial(
        "how often a person is asked",
        {
            "session": "once in a session",
            "time": "once in a time",
            "task": "once in a run, for what the task needs; at each use for anything else",
            "each-use": "at each use",
        },
        start="each-use",
        takes="use",
        riders=(Rider("approved_for", ("time",), lambda setting, seconds: f"{setting}, for {duration(seconds)}"),),
        opted_into=True,
    )
    response: str = dial(
        "how a secret that is known to be out dies",
        {
            "manual": "by hand, after the remediation lag; nothing is logged",
            "rotation": "at the next rotation; identity events are logged",
            "automatic": "within seconds; every decision is logged",
        },
        start="manual",
        takes=None,  # one alert ends the whole attack, so the response is that of the whole
    )
    # two more, of the token itself
    binding: str = dial(
        "who can use a token",
        {"bearer": "whoever has it", "sender-constrained": "only the runtime that it was issued to"},
        start="bearer",
        takes="sender",
    )
    delegation: str = dial(
        "what a session keeps when it becomes another identity",
        {"full": "all that the other may do", "attenuated": "only what both may do"},
        start="full",
        takes="rights",
        place=3,
    )
    ttl: float | None = None
    miss_rate: float | None = None
    approved_for: float | None = None
    applies_to: Selector = field(default_factory=Selector)
    otherwise: GrantPolicy | None = None
    summary: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise PolicyError(f"the name {self.name!r} of a policy is no text: give one, such as 'ours'")
        for dial in DIALS.values():
            value = getattr(self, dial.name)
            if value not in dial.settings:
                mend = nearest(value, dial.settings)
                raise PolicyError(f"policy {self.name!r}: {dial.name} {value!r} is not a setting of that dial: {mend}")
        if self.approved_for is not None and not self.approved_for > 0:
            stands = f"policy {self.name!r}: an approval stands for {self.approved_for!r} seconds"
            raise PolicyError(f"{stands}: give more than 0, or None for an hour")

    def dials(self) -> dict[str, str]:
        """The setting of each dial."""
        return {dial: getattr(self, dial) for dial in DIALS}

    def turned(self, **settings: Any) -> GrantPolicy:
        """This policy with some dials moved."""
        return replace(self, **settings)

    def governing(self, identity: Identity) -> GrantPolicy:
        """The policy that governs `identity`: this one, or what `otherwise` says."""
        if self.otherwise is None or self.applies_to.governs(identity):
            return self
        return self.otherwise.governing(identity)

    @property
    def per_task(self) -> bool:
        """True if sessions belong to one task each."""
        return self.identity == "task" or self.scope.startswith("task")

    @property
    def logging(self) -> str:
        """The level of logging: `none`, `identity` or `action`."""
        return LOGGING[self.response]

    @property
    def approves(self) -> str:
        """What a person is asked about: as `approval` says, and under `context: approval` at least about high impact.

        >>> GrantPolicy("old", context="approval").approves
        'high-impact'
        """
        return "high-impact" if self.approval == "none" and self.context == "approval" else self.approval

    def is_narrower_than(self, other: GrantPolicy) -> bool:
        """True if this policy takes away at least as much as `other` on every dial, and more on one; only for policies
        that govern everybody, for of others it depends on whom they govern.

        >>> GrantPolicy("ours", scope="task").is_narrower_than(GrantPolicy("theirs"))
        True
        """
        if self.otherwise is not None or other.otherwise is not None:
            return False
        as_much = all(self.at_least(dial, setting) for dial, setting in other.dials().items())
        own, its = self._own_figures(), other._own_figures()
        differs = (own, self.dials()) != (its, other.dials())
        return as_much and differs and all(a <= b for a, b in zip(own, its, strict=True))

    def _own_figures(self) -> tuple[float, ...]:
        """The ttl, the miss rate and how long an approval stands, where less is narrower; infinity for what is left to
        the scenario."""
        return tuple(math.inf if own is None else own for own in (self.ttl, self.miss_rate, self.approved_for))

    def at_least(self, dial: str, setting: str) -> bool:
        """True if `dial` stands at `setting` or stronger."""
        settings = DIALS[dial].settings
        return settings.index(getattr(self, dial)) >= settings.index(setting)


DIALS: Mapping[str, Dial] = {
    each.name: replace(each.metadata["dial"], name=each.name) for each in fields(GrantPolicy) if "dial" in each.metadata
}
"""Every dial by name, in the order in which people read them."""
