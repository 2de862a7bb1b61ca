"""The headline figures of a scenario from commit to commit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from simkit.blast_radius import Interval
from simkit.checks.baseline import IN_FORCE
from simkit.table import Table, duration, format_number, percent, shorten

NOT_COMMITTED = "not committed"
"""In place of a commit: the files as they are now."""
_SHORT = 8
_LONGEST = 44
_MOST_ATTACKS = 6
"""So many attacks have a column of their own; of more the one that loses most is shown."""

Attack = tuple[str, str]
"""A policy (`IN_FORCE` for the one that the scenario had then, whatever it was called) and an entry point."""


@dataclass(frozen=True, slots=True)
class AttackFigures:
    """What came of one attack: the value lost, its 95th percentile, the worst case, the chance of each goal, and the
    mean time to the first loss in seconds, cut off at the horizon."""

    value_lost: Interval
    p95: float
    worst_case: float
    first_loss: float
    goals: Mapping[str, Interval]

    def to_dict(self) -> dict[str, object]:
        """The figures as plain data."""
        return {
            "value_lost": self.value_lost.to_dict(),
            "p95": self.p95,
            "worst_case": self.worst_case,
            "first_loss": self.first_loss,
            "goals": {goal: chance.to_dict() for goal, chance in self.goals.items()},
        }


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A scenario at one commit: its figures by attack, the `policy` in force, and how many grants stand under it
    (operations on targets that may be used in sessions that are always there)."""

    commit: str
    moment: str
    subject: str
    digest: str
    policy: str
    standing: int
    figures: Mapping[Attack, AttackFigures]

    @property
    def name(self) -> str:
        """The commit as people write it."""
        return self.commit[:_SHORT] or NOT_COMMITTED

    @property
    def day(self) -> str:
        """The day on which it was committed."""
        return self.moment[:10] or "now"

    def named(self, policy: str) -> str:
        """`policy` of an attack; of the one in force, what it was called then."""
        return self.policy if policy == IN_FORCE else policy

    def to_dict(self) -> dict[str, object]:
        """The point as plain data."""
        attacks = [
            {"policy": self.named(policy), "entry_point": entry, **made.to_dict()}
            for (policy, entry), made in self.figures.items()
        ]
        head = {"commit": self.commit or None, "moment": self.moment or None, "subject": self.subject}
        return {
            **head,
            "digest": self.digest,
            "policy": self.policy,
            "standing_grants": self.standing,
            "attacks": attacks,
        }


@dataclass(frozen=True, slots=True)
class SkippedCommit:
    """A commit (empty: the files as they are now) whose scenario cannot be read, and why; or one without it, if it is
    not `there`."""

    commit: str
    moment: str
    subject: str
    why: str
    there: bool = True

    def to_dict(self) -> dict[str, object]:
        """It as plain data."""
        head = {"commit": self.commit or None, "moment": self.moment or None, "subject": self.subject}
        return {**head, "why": self.why, "there": self.there}


@dataclass(frozen=True)
class Trend:
    """The `points` of the scenario in `file`, the oldest first, the commits that were `skipped`, and how many `older`
    ones were left out; more may be where the clone is `shallow`."""

    file: str
    points: tuple[TrendPoint, ...]
    skipped: tuple[SkippedCommit, ...] = ()
    older: int = 0
    trials: int = 0
    shallow: bool = False

    def __repr__(self) -> str:
        return f"Trend({self.file}: {len(self.points)} points, {len(self.skipped)} skipped)"

    @property
    def attacks(self) -> tuple[Attack, ...]:
        """Every attack of any point, those of the newest first."""
        return tuple(dict.fromkeys(attack for point in reversed(self.points) for attack in point.figures))

    @property
    def goals(self) -> tuple[str, ...]:
        """Every goal of any point, those of the newest first."""
        made = (figures for point in reversed(self.points) for figures in point.figures.values())
        return tuple(dict.fromkeys(goal for each in made for goal in each.goals))

    @property
    def summary(self) -> str:
        """How far it went, and from what to what the worst attack moved."""
        if not self.points:
            return f"{self.file}: no commit has a scenario that can be read. {self._left_out}".rstrip()
        first, last = self.points[0], self.points[-1]
        days = f", {first.day} to {last.day}" if first.day != last.day else f", {first.day}" if first.commit else ""
        text = f"{self.file} {self.stations}{days}: "
        return f"{text}{self._moved(first, last)}. {self._left_out}".rstrip()

    @property
    def stations(self) -> str:
        """At how many commits, and whether as it is now, in words."""
        count = sum(bool(point.commit) for point in self.points)
        told = [f"at {count} commit{'' if count == 1 else 's'}"] if count else []
        return " and ".join([*told, "as it is now"] if count < len(self.points) else told)

    def _moved(self, first: TrendPoint, last: TrendPoint) -> str:
        if not last.figures:
            return "no attack that is asked about is left"
        attack = max(last.figures, key=lambda each: last.figures[each].value_lost.estimate)
        now = last.figures[attack].value_lost.estimate
        then = first.figures[attack].value_lost.estimate if attack in first.figures else None
        was = f"{format_number(then)} -> " if then is not None else ""
        stands = f"{first.standing:,} -> {last.standing:,}" if first.standing != last.standing else f"{last.standing:,}"
        lost = f"through {attack[1]} under {last.named(attack[0])} {was}{format_number(now)} is lost"
        return f"{lost}, standing grants {stands}"

    @property
    def _left_out(self) -> str:
        broken = sum(bool(each.commit) and each.there for each in self.skipped)
        absent = sum(bool(each.commit) and not each.there for each in self.skipped)
        told = [f"{broken} skipped, as {_their(broken)} scenario cannot be read"] if broken else []
        told += [f"{absent} without the file"] if absent else []
        told += [f"{self.older} older not looked at"] if self.older else []
        sentences = [f"Of its commits {' and '.join(told)}."] if told else []
        now = [each for each in self.skipped if not each.commit]
        sentences += [f"As it is now it {'cannot be read' if each.there else 'is not there'}." for each in now]
        sentences += ["The clone is shallow: what was before its first commit is not known."] if self.shallow else []
        return " ".join(sentences)

    def tables(self) -> list[Table]:
        """What is lost, then the goals, then what was skipped."""
        return [table for table in (self.table(), self.goals_table(), self.skipped_table()) if table.rows]

    def table(self) -> Table:
        """A row for each commit: what each attack loses, how soon the soonest does, and how many grants stand."""
        attacks = self.attacks if len(self.attacks) <= _MOST_ATTACKS else ()
        lost = [f"lost: {name}" for name in _called(attacks)] or ["most lost"]
        turned = ("policy",) if len({each.policy for each in self.points}) > 1 else ()
        head = ("commit", "day", *turned, *lost, "first loss", "standing grants", "change")
        note = f"{self.trials:,} trials an attack. Lost: the mean. First loss: the mean time of the soonest attack."
        rows = [self._row(point, attacks, (point.policy,) if turned else ()) for point in self.points]
        return Table(head, rows, title="Trend", note=note)

    @staticmethod
    def _row(
        point: TrendPoint, attacks: Sequence[Attack], turned: tuple[str, ...]
    ) -> tuple[str | int | float | None, ...]:
        made = point.figures
        lost: list[float | None] = [made[each].value_lost.estimate if each in made else None for each in attacks]
        most = [max((each.value_lost.estimate for each in made.values()), default=None)]
        soonest = min((each.first_loss for each in made.values()), default=None)
        first = None if soonest is None else duration(soonest)
        return (
            point.name,
            point.day,
            *turned,
            *(lost or most),
            first,
            point.standing,
            shorten(point.subject, _LONGEST),
        )

    def goals_table(self) -> Table:
        """A row for each commit: the chance of each goal through the attack that reaches it most."""
        rows = [(point.name, *(_chance(point, goal) for goal in self.goals)) for point in self.points]
        head = "the commit" if "commit" in self.goals else "commit"
        return Table((head, *self.goals), rows if self.goals else (), title="Goals, by the worst attack")

    def skipped_table(self) -> Table:
        """The commits whose scenario cannot be read, and why."""
        rows = [(each.commit[:_SHORT] or NOT_COMMITTED, each.moment[:10] or "now", each.why) for each in self.skipped]
        return Table(("commit", "day", "why"), rows, title="Skipped")

    def figures_table(self) -> Table:
        """A row for each commit and attack with plain numbers, times in seconds: for programs."""
        figures = ("value_lost", "low", "high", "p95", "worst_case", "first_loss")
        head = ("commit", "moment", "subject", "standing_grants", "policy", "entry_point", *figures)
        rows = [
            (
                point.commit,
                point.moment,
                point.subject,
                point.standing,
                point.named(attack[0]),
                attack[1],
                *_numbers(made),
                *_chances(made, self),
            )
            for point in self.points
            for attack, made in point.figures.items()
        ]
        return Table((*head, *(f"goal: {goal}" for goal in self.goals)), rows, title="Trend")

    def to_dict(self) -> dict[str, object]:
        """All of it as plain data."""
        return {
            "file": self.file,
            "trials": self.trials,
            "summary": self.summary,
            "points": [point.to_dict() for point in self.points],
            "skipped": [each.to_dict() for each in self.skipped],
            "older": self.older,
            "shallow": self.shallow,
        }

    def _repr_html_(self) -> str:
        return "".join(table.html() for table in self.tables())


def _called(attacks: Iterable[Attack]) -> list[str]:
    """The entry points of `attacks`, with the policy where one has several."""
    some = list(attacks)
    entries = [entry for _, entry in some]
    return [entry if entries.count(entry) == 1 else f"{entry} ({policy.strip('()')})" for policy, entry in some]


def _their(count: int) -> str:
    return "its" if count == 1 else "their"


def _chance(point: TrendPoint, goal: str) -> str | None:
    known = [made.goals[goal].estimate for made in point.figures.values() if goal in made.goals]
    return percent(max(known)) if known else None


def _numbers(made: AttackFigures) -> tuple[float, ...]:
    lost = made.value_lost
    return lost.estimate, lost.low, lost.high, made.p95, made.worst_case, made.first_loss


def _chances(made: AttackFigures, trend: Trend) -> tuple[float | None, ...]:
    return tuple(made.goals[goal].estimate if goal in made.goals else None for goal in trend.goals)
