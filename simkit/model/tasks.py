"""Legitimate work: what a grant policy must not break."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from simkit.distributions import Distribution, Fixed
from simkit.model.claims import Claims


@dataclass(frozen=True, slots=True)
class Need:
    """An operation (`tool.operation`) on targets; empty targets mean the operation's own."""

    operation: str
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """A piece of work of one identity: it runs `rate` times a second and takes `duration` each time.

    `reads` are the resources that its input comes from; `delegates_to` the identities that it becomes or invokes
    through a trust edge. With `on_behalf_of` it uses the rights of that identity (a user), within the limits of its
    own, in place of its own rights. `claims` are what its runs say of themselves, for trust edges that ask.
    """

    name: str
    identity: str
    needs: tuple[Need, ...] = ()
    reads: tuple[str, ...] = ()
    delegates_to: tuple[str, ...] = ()
    rate: float = 1 / 86400
    duration: Distribution = field(default_factory=lambda: Fixed(300.0))
    on_behalf_of: str = ""
    claims: Claims = ()
    note: str = ""

    @property
    def entitled_as(self) -> str:
        """Whose entitlements it uses."""
        return self.on_behalf_of or self.identity


CALL_OUTCOMES = ("done", "failed", "denied", "pending", "unknown")
"""What became of a call: it ran and gave a result, it ran and raised, it was decided against before it ran, it waited
for a decision when the recording ended, or the recording does not say."""
RAN = frozenset({"done", "failed"})
"""The outcomes of calls that were carried out: the right to them was used, whatever came of it."""


@dataclass(frozen=True, slots=True)
class ObservedCall:
    """One call of an operation (`tool.operation`) that was seen: on what, when and with what outcome.

    An empty target is not known. `time` is in seconds since 1970 in UTC, None where it is not known.
    """

    operation: str
    target: str = ""
    time: float | None = None
    outcome: str = "done"

    @property
    def is_bare(self) -> bool:
        """True if nothing is known of it but the operation, and that it was done."""
        return self == ObservedCall(self.operation)


@dataclass(frozen=True, slots=True)
class ObservedRun:
    """One real run: the calls that were seen, in order, and whether it did its job.

    It is a run of a `task`, or of an `identity` for no declared task; without both, nobody knows who called. Runs of
    several identities with one `thread` are parts of one piece of work. `source` is the recording. `blind_to` are the
    operations (names or globs) that the recording does not show, so that their absence says nothing. `over`: it sums up
    all that the identity did in so many seconds (last-accessed data), and is no single run.
    """

    task: str = ""
    calls: tuple[ObservedCall, ...] = ()
    success: bool = True
    identity: str = ""
    thread: str = ""
    source: str = ""
    blind_to: tuple[str, ...] = ()
    over: float | None = None

    @classmethod
    def of(cls, task: str, *operations: str, success: bool = True) -> ObservedRun:
        """A run of `task` that called `operations`, of which nothing else is known.

        >>> ObservedRun.of("answer", "crm.read_case").used
        ('crm.read_case',)
        """
        return cls(task, tuple(map(ObservedCall, operations)), success)

    @property
    def used(self) -> tuple[str, ...]:
        """The operations that were carried out, each once, in the order in which they were called first."""
        return tuple(dict.fromkeys(call.operation for call in self.calls if call.outcome in RAN))

    @property
    def perhaps_used(self) -> tuple[str, ...]:
        """The operations of calls that may have been carried out: they were waiting, or their outcome is not known."""
        return tuple(dict.fromkeys(call.operation for call in self.calls if call.outcome in ("pending", "unknown")))

    @property
    def wanted(self) -> tuple[str, ...]:
        """The operations that it used or may have used: all but those that were denied."""
        return tuple(dict.fromkeys(call.operation for call in self.calls if call.outcome != "denied"))

    def would_show(self, operation: str) -> bool:
        """True if the recording would show a call of `operation`."""
        return not any(fnmatchcase(operation, glob) for glob in self.blind_to)
