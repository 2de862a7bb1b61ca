"""What an identity was allowed to do at a moment, and what it had done by then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.attackgraph import Fact
from simkit.errors import QuestionError, nearest
from simkit.record import ocsf
from simkit.record.header import Header, clock
from simkit.record.ocsf import Line
from simkit.record.record import Record
from simkit.record.views import MODES
from simkit.table import Table

HAD = {
    "replays": "its token is replayed",
    "steers": "its agent is steered",
    "errs": "its agent errs",
    "drives": "code in a runtime uses it",
}
"""How the attack has a session, in words."""


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A session that the attack has, and what it may do; times in ms since the start (`until` None: to the horizon)."""

    name: str
    mode: str
    since: int
    until: int | None
    may: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that was attempted: when (ms), what, how it came out, what was decided and why."""

    at: int
    what: str
    session: str
    outcome: str
    decision: str
    why: str

    @property
    def executed(self) -> bool:
        """True if it was done, not merely tried."""
        return self.outcome == "executed"


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer about one identity at one moment (ms since the start)."""

    header: Header
    identity: str
    at: int
    live: tuple[LiveSession, ...]
    activities: tuple[Activity, ...]

    def __repr__(self) -> str:
        done = sum(activity.executed for activity in self.activities)
        counts = f"{len(self.live)} live sessions, {done} executed, {len(self.activities) - done} attempted in vain"
        return f"Explanation({self.identity} at {clock(self.at)}: {counts})"

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())

    @property
    def summary(self) -> str:
        """The answer in two sentences."""
        return f"{self._had} {self._did}"

    @property
    def _had(self) -> str:
        may = {grant for session in self.live for grant in session.may}
        when = f"{clock(self.at)} after the start,"
        if not self.live:
            return f"{when} no session of {self.identity} was in the attack's hands."
        sessions = f"{_count(len(self.live), 'session')} of {self.identity} {_were(len(self.live))}"
        return f"{when} {sessions} in the attack's hands, allowed {_count(len(may), 'grant')}."

    @property
    def _did(self) -> str:
        executed = sum(activity.executed for activity in self.activities)
        vain = len(self.activities) - executed
        if not self.activities:
            return "By then the attack had done nothing as it, and attempted nothing."
        done = f"By then it had executed {_count(executed, 'action')}"
        return f"{done}; {vain} more {_were(vain)} attempted in vain." if vain else f"{done}, and no attempt failed."

    def tables(self) -> list[Table]:
        """The live sessions, what they may do, what was executed, and what was only attempted."""
        return [self._sessions(), self._grants(), self._done(), self._tried()]

    def _sessions(self) -> Table:
        rows = [(s.name, HAD[s.mode], clock(s.since), clock(s.until), len(s.may)) for s in self.live]
        return Table(("session", "how the attack has it", "since", "until", "grants"), rows, title="live sessions")

    def _grants(self) -> Table:
        rows = [(grant, session.name, HAD[session.mode]) for session in self.live for grant in session.may]
        return Table(("may", "in session", "how"), rows, title="what it was allowed to do")

    def _done(self) -> Table:
        executed = (activity for activity in self.activities if activity.executed)
        rows = [(clock(d.at), _often(d.what, times), d.session, d.why) for d, times in Counter(executed).items()]
        return Table(("at", "action", "in session", "why it was allowed"), rows, title="executed")

    def _tried(self) -> Table:
        vain = Counter(activity for activity in self.activities if not activity.executed)
        rows = [(clock(d.at), _often(d.what, times), d.session, d.decision, d.why) for d, times in vain.items()]
        return Table(("at", "action", "in session", "decision", "why"), rows, title="attempted only")

    def to_dict(self) -> Mapping[str, Any]:
        """The answer as plain data; times in seconds."""
        return {
            "record": {name: value for name, value in self.header.to_dict().items() if name != "identities"},
            "identity": self.identity,
            "at": self.at / 1000,
            "sessions": [
                {
                    "session": session.name,
                    "mode": session.mode,
                    "since": session.since / 1000,
                    "until": None if session.until is None else session.until / 1000,
                    "may": list(session.may),
                }
                for session in self.live
            ],
            "executed": [_plain(activity) for activity in self.activities if activity.executed],
            "attempted": [_plain(activity) for activity in self.activities if not activity.executed],
        }


def explain(record: Record, at: int, identity: str) -> Explanation:
    """What `identity` was allowed to do at `at` (ms since the start), and what it had done by then.

    Allowed is what its live sessions may do: those that the attack has. Raises QuestionError for an identity that the
    scenario does not have, and for a moment beyond the horizon.
    """
    header = record.header
    if identity not in header.identities:
        raise QuestionError(
            f"{header.scenario} has no identity called {identity!r}: {nearest(identity, header.identities)}"
        )
    if not 0 <= at <= header.horizon:
        raise QuestionError(f"{clock(at)} is not within the log: choose a moment up to {clock(header.horizon)}")
    lines = record.until(at)
    live = tuple(sorted(_live(lines, record.state(at), identity), key=lambda found: (found.name, found.mode)))
    return Explanation(header, identity, at, live, tuple(_activities(lines, header, identity)))


def _live(lines: Iterable[Line], state: Mapping[Fact, tuple[int, int | None]], identity: str) -> Iterator[LiveSession]:
    """What each live session of `identity` was last authorized to do."""
    latest: dict[tuple[str, str], Line] = {}
    for line in lines:
        if line["class_uid"] == ocsf.AUTHORIZE.uid:
            latest[line["unmapped"]["mode"], line["session"]["uid"]] = line
    for (mode, name), line in latest.items():
        held = next((times for fact, times in state.items() if fact[:2] == (mode, name)), None)
        if mode in MODES and held is not None and identity in line["unmapped"]["identities"]:
            yield LiveSession(name, mode, *held, tuple(line["privileges"]))


def _activities(lines: Iterable[Line], header: Header, identity: str) -> Iterator[Activity]:
    for line in lines:
        own = line["unmapped"]
        if own.get("outcome") and identity in own["identities"]:
            yield Activity(
                line["time"] - header.epoch,
                line["message"] + (" (unseen)" if own.get("unseen") else ""),
                _session(line),
                own["outcome"],
                own["decision"],
                line["status_detail"],
            )


def _session(line: Line) -> str:
    """The session in which something was done, or that it opened."""
    given = (line.get("actor") or {}).get("session") or line.get("session") or {}
    return str(given.get("uid", ""))


def _plain(activity: Activity) -> dict[str, Any]:
    return {
        "at": activity.at / 1000,
        "action": activity.what,
        "session": activity.session,
        "outcome": activity.outcome,
        "decision": activity.decision,
        "why": activity.why,
    }


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _often(what: str, times: int) -> str:
    """The same activity several times at one moment, such as the renewal of a session that keeps itself alive."""
    return what if times == 1 else f"{what} ({times} times)"
