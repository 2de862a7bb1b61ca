"""What a check found, file by file: verdicts, growth, and the attack paths to cut."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from simkit.blast_radius import AttackPath, PathStep
from simkit.checks.disarmed import Disarmed
from simkit.checks.growth import Change
from simkit.checks.spot import TOP, Spot
from simkit.checks.surface import Exposed
from simkit.checks.verdict import Verdict
from simkit.checks.wider import Widening
from simkit.table import Table, percent
from simkit.techniques.grounds import kind_of

MOST_NAMED = 5
"""How many credentials and identities a row of a table names."""


@dataclass(frozen=True, slots=True)
class PathToCut:
    """One attack path behind findings (`reasons`, their sentences), and the step of it to cut.

    `spots` are where in the file the ground of each step stands; for the step to cut, where the change is that made it
    possible.
    """

    file: str
    scenario: str
    policy: str
    entry_point: str
    path: AttackPath
    cut: int
    spots: tuple[Spot, ...]
    reasons: tuple[str, ...]
    sure: bool = True

    @property
    def step(self) -> PathStep:
        """The step to cut."""
        return self.path.steps[self.cut]

    @property
    def fingerprint(self) -> str:
        """What stays the same while the path does: lines, chances and other paths do not matter."""
        parts = (self.scenario, self.policy, self.entry_point, self.path.goal, *(step.key for step in self.path.steps))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

    @property
    def what(self) -> str:
        """The entitlement, credential or trust edge to take away."""
        return kind_of(self.step.ground).named(self.step.ground)

    def to_dict(self) -> dict[str, object]:
        """The path as plain data."""
        return {
            **self.path.to_dict(),
            "policy": self.policy,
            "entry_point": self.entry_point,
            "cut": {"what": self.what, "label": self.step.label, **_at(self.spots[self.cut])},
            "reasons": list(self.reasons),
            "fingerprint": self.fingerprint,
        }


def _at(spot: Spot) -> dict[str, object]:
    found: dict[str, object] = {"line": spot.line, "column": spot.column}
    return {**found, "file": spot.file} if spot.file else found


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What came of one scenario file. `compared` is how many attacks there were to hold it against; `disarmed` is what
    it was held to then, and is not now; `exposed` are credentials and identities that reach more when they are lost,
    `widened` what gives somebody more than then, where that was asked."""

    file: str
    scenario: str
    digest: str
    seed: int
    trials: int
    verdicts: tuple[Verdict, ...]
    changes: tuple[Change, ...]
    paths: tuple[PathToCut, ...]
    elements: tuple[str, ...] = ()
    compared: int = 0
    spots: tuple[tuple[str, Spot], ...] = ()
    disarmed: tuple[Disarmed, ...] = ()
    exposed: tuple[Exposed, ...] = ()
    widened: tuple[Widening, ...] = ()

    @property
    def unchecked(self) -> bool:
        """True if there is nothing to hold it to: it expects nothing of itself, and nobody knows what it was."""
        return not (self.verdicts or self.compared)

    @property
    def unexplained(self) -> tuple[Disarmed, ...]:
        """What it is held to no longer, and nobody said why."""
        return tuple(each for each in self.disarmed if not each.acknowledged)

    @property
    def growth(self) -> tuple[Change, ...]:
        """What grew since the baseline."""
        return tuple(change for change in self.changes if change.grew)

    @property
    def failed(self) -> bool:
        """True if something grew or gives more, an expectation is not shown to hold, or the check was disarmed."""
        return bool(self.growth or self.exposed or self.widened or self.unexplained) or not all(
            verdict.holds for verdict in self.verdicts
        )

    def spot(self, about: str) -> Spot:
        """Where the expectation of this name stands in the file, or the part behind a growth of this sentence."""
        return dict(self.spots).get(about, TOP)

    @property
    def sentences(self) -> list[str]:
        """What to know, the worst first."""
        order = {"fail": 0, "unsure": 1, "pass": 2}
        judged = sorted(self.verdicts, key=lambda verdict: order[verdict.status])
        return [
            *(each.sentence for each in self.unexplained),
            *(change.sentence for change in self.growth),
            *(each.sentence for each in self.exposed),
            *(each.sentence for each in self.widened),
            *(verdict.sentence for verdict in judged),
            *(each.sentence for each in self.disarmed if each.acknowledged),
            *(change.sentence for change in self.changes if not change.grew),
        ]

    @property
    def failures(self) -> list[str]:
        """What made it fail: what it is held to no longer, growth, and expectations that are not shown to hold."""
        broken = [verdict.sentence for verdict in self.verdicts if not verdict.holds]
        grown = [change.sentence for change in self.growth]
        grown += [*(each.sentence for each in self.exposed), *(each.sentence for each in self.widened)]
        return [*(each.sentence for each in self.unexplained), *grown, *broken]

    def to_dict(self) -> dict[str, object]:
        """The check of one file as plain data."""
        return {
            "file": self.file,
            "scenario": self.scenario,
            "digest": self.digest,
            "seed": self.seed,
            "trials": self.trials,
            "failed": self.failed,
            "compared_with_baseline": bool(self.compared),
            "unchecked": self.unchecked,
            "disarmed": [each.to_dict() for each in self.disarmed],
            "changed": list(self.elements),
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "exposed": [each.to_dict() for each in self.exposed],
            "changes": [change.to_dict() for change in self.changes],
            "widened": [each.to_dict() for each in self.widened],
            "paths_to_cut": [path.to_dict() for path in self.paths],
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A check of several scenario files, held against `baseline`: a file, or a git revision. `gone` are those of it
    whose files are no longer there; `renewed` if it was written anew."""

    checks: tuple[FileCheck, ...]
    baseline: str = ""
    gone: tuple[str, ...] = ()
    renewed: bool = False

    @property
    def failed(self) -> bool:
        """True if any file failed, or is gone."""
        return bool(self.gone) or any(check.failed for check in self.checks)

    @property
    def unchecked(self) -> list[FileCheck]:
        """The files that there is nothing to hold to; none where a baseline was made of them just now."""
        return [] if self.renewed else [check for check in self.checks if check.unchecked]

    @property
    def disarmed(self) -> list[str]:
        """What the check is held to no longer, and nobody said why, in all files."""
        lost = [each.what for check in self.checks for each in check.unexplained]
        return [*lost, *(f"scenario {key} is gone" for key in self.gone)]

    @property
    def without_widened(self) -> CheckReport:
        """The same report, for those who do not ask what gives more."""
        return replace(self, checks=tuple(replace(check, widened=()) for check in self.checks))

    @property
    def verdicts(self) -> list[Verdict]:
        """The verdicts of all files."""
        return [verdict for check in self.checks for verdict in check.verdicts]

    @property
    def growth(self) -> list[Change]:
        """What grew, in all files."""
        return [change for check in self.checks for change in check.growth]

    @property
    def paths(self) -> list[PathToCut]:
        """The attack paths to cut, of all files."""
        return [path for check in self.checks for path in check.paths]

    @property
    def sentences(self) -> list[str]:
        """What to know, file by file."""
        said = [f"{check.file}: {sentence}" for check in self.checks for sentence in check.sentences]
        bare = [
            f"{check.file}: UNCHECKED: it expects nothing of itself, and there is nothing to compare it with: write "
            "`expect` into it, or hold it against a baseline."
            for check in self.unchecked
        ]
        return [*(f"{key}: DISARMED: the scenario is gone." for key in self.gone), *said, *bare]

    @property
    def unsure(self) -> list[tuple[str, Verdict]]:
        """Where too few trials cannot tell: the file and the verdict."""
        return [(check.file, v) for check in self.checks for v in check.verdicts if v.status == "unsure"]

    @property
    def advice(self) -> list[str]:
        """What to do where too few trials cannot tell."""
        more = " The baseline keeps how many: renew it with an update to raise them." if self.baseline else ""
        return [f"{file}: {v.expectation.name} through {v.entry_point}: {v.advice}{more}" for file, v in self.unsure]

    @property
    def summary(self) -> str:
        """The check in a sentence or two."""
        count, bare = len(self.checks), len(self.unchecked)
        text = f"{self._head}: {count} scenario{'s' if count != 1 else ''}"
        if self.verdicts:
            good, bad, unsure = (_count(self.verdicts, status) for status in ("pass", "fail", "unsure"))
            text += f", {good} of {len(self.verdicts)} expectations {'holds' if good == 1 else 'hold'}"
            text += f", {bad} {'does' if bad == 1 else 'do'} not" if bad else ""
            text += f", {unsure} {'needs' if unsure == 1 else 'need'} more trials" if unsure else ""
        if more := sum(len(check.widened) for check in self.checks):
            text += f", {more} right{'' if more == 1 else 's'} wider"
        if self.baseline:
            text += f", {self.baseline} is renewed" if self.renewed else f", {self._grew} since {self.baseline}"
        if lost := len(self.disarmed):
            text += f", {lost} thing{'' if lost == 1 else 's'} to hold it to taken away"
        return f"{text}, {bare} unchecked." if 0 < bare < count else f"{text}."

    @property
    def _head(self) -> str:
        if self.failed:
            return "FAILED"
        return "unchecked" if self.unchecked and len(self.unchecked) == len(self.checks) else "passed"

    @property
    def _grew(self) -> str:
        grew, wider = len(self.growth), sum(len(each.things) for check in self.checks for each in check.exposed)
        said = [f"{grew} measure{'' if grew == 1 else 's'} grew"] if grew else []
        said += [f"{wider} credential{'' if wider == 1 else 's'} or identities reach more"] if wider else []
        return " and ".join(said) or "nothing grew"

    def tables(self) -> list[Table]:
        """What is held no longer, the verdicts, the changes and the paths to cut; empty ones are left out."""
        made = (self._disarmed(), self._verdicts(), self._changes(), self._exposed(), self._widened(), self._paths())
        return [table for table in made if table.rows]

    def _disarmed(self) -> Table:
        rows = [(check.file, each.what, each.reason or None) for check in self.checks for each in check.disarmed]
        rows += [(key, "the scenario is gone", None) for key in self.gone]
        return Table(("file", "what is taken away", "acknowledged, because"), rows, title="held to no longer")

    def _verdicts(self) -> Table:
        words = {"pass": "passed", "fail": "FAILED", "unsure": "cannot tell"}
        rows = [
            (
                words[v.status],
                v.expectation.name,
                v.policy,
                v.entry_point,
                v.expectation.measure,
                str(v.measured),
                v.bound,
            )
            for v in self.verdicts
        ]
        columns = ("verdict", "expectation", "policy", "entry point", "measure", "measured", "expected")
        return Table(columns, rows, title="expectations", note="judged with the whole 95 % interval")

    def _changes(self) -> Table:
        changes: Sequence[Change] = [change for check in self.checks for change in check.changes]
        rows = [
            (
                c.head,
                c.measure,
                c.policy,
                c.entry_point,
                c.written(c.before),
                c.written(c.after),
                c.spread,
                c.because if c.grew else "",
            )
            for c in changes
        ]
        columns = ("", "measure", "policy", "entry point", "before", "after", "difference", "because of")
        return Table(columns, rows, title="against the baseline", note="differences are paired, sample by sample")

    def _widened(self) -> Table:
        rows = [(str(each.element), str(each.spot)) for check in self.checks for each in check.widened]
        return Table(("what", "where"), rows, title="gives more than before")

    def _exposed(self) -> Table:
        found = [each for check in self.checks for each in check.exposed]
        rows = [
            (
                ", ".join(f"{kind} {name}" for kind, name in each.things[:MOST_NAMED])
                + (f" and {len(each.things) - MOST_NAMED} more" if len(each.things) > MOST_NAMED else ""),
                each.policy,
                each.before,
                each.after,
                ", ".join((*each.goals, *each.losses)) or None,
                each.because,
            )
            for each in found
        ]
        columns = ("losing", "policy", "worst case before", "after", "newly in reach", "because of")
        return Table(columns, rows, title="what reaches more when it is lost", note="worst cases: chances ignored")

    def _paths(self) -> Table:
        rows = [
            (p.path.goal, p.policy, percent(p.path.share.estimate), f"{p.what} ({p.spots[p.cut]})", str(p.path))
            for p in self.paths
        ]
        return Table(("goal", "policy", "trials", "cut", "path"), rows, title="attack paths to cut")

    def to_dict(self) -> dict[str, object]:
        """The report as plain data."""
        return {
            "failed": self.failed,
            "summary": self.summary,
            "baseline": self.baseline,
            "renewed": self.renewed,
            "gone": list(self.gone),
            "files": [check.to_dict() for check in self.checks],
        }


def _count(verdicts: Sequence[Verdict], status: str) -> int:
    return sum(verdict.status == status for verdict in verdicts)
