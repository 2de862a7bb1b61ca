"""What a check of several scenario files found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from simkit.checks import check_tables
from simkit.checks.file_check import FileCheck
from simkit.checks.findings import Finding, gone
from simkit.checks.measured_change import Change
from simkit.checks.path_to_cut import PathToCut
from simkit.checks.threshold import EVERYTHING, Threshold
from simkit.checks.verdict import Verdict
from simkit.measures import SHARE, TIME
from simkit.table import Table


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A check of several scenario files, held against `baseline`: a file, or a git revision. `gone` are those of it
    whose files are no longer there; `renewed` if it was written anew."""

    checks: tuple[FileCheck, ...]
    baseline: str = ""
    gone: tuple[str, ...] = ()
    renewed: bool = False

    threshold: Threshold = EVERYTHING

    @property
    def found(self) -> list[tuple[Finding, str]]:
        """Every finding of all files, and why it fails nothing (empty: it does)."""
        lost = [self.threshold.judged(gone(key)) for key in self.gone]
        some = [*lost, *(each for check in self.checks for each in check.findings)]
        return [(each, self.threshold.why_not(each)) for each in some]

    @property
    def findings(self) -> list[Finding]:
        """Every finding of all files, one for each cause."""
        return [each for each, _ in self.found]

    @property
    def failed(self) -> bool:
        """True if any finding fails the check."""
        return any(not why for _, why in self.found)

    @property
    def notes(self) -> list[str]:
        """What to mend in the file of suppressions."""
        names = [each.fingerprint for each in self.findings]
        return list(self.threshold.suppressions.notes(names)) if self.threshold.suppressions else []

    @property
    def headline(self) -> str:
        """What the change does to attack paths, the worst of it and why; empty where nothing is compared."""
        if not any(check.compared for check in self.checks) or self.renewed:
            return ""
        opened, closed = (sum(getattr(each, name) for each in self.checks) for name in ("opened", "closed"))
        if not (opened or closed or self.growth):
            return "This change opens no attack path that a trial takes, and closes none."
        more = f"opens {_paths(opened)}" if opened else "opens no attack path that a trial takes"
        text = f"This change {more}, closes {closed or 'none'}" if closed or not opened else f"This change {more}"
        telling = sorted(self.growth, key=lambda each: (each.unit is not SHARE, each.unit is TIME))  # goals first
        grown = telling[0] if telling else None
        if grown is None:
            return f"{text}."
        cause = f", because of {grown.culprits[0].element}" if grown.culprits else ""
        where = f"under {grown.policy} through {grown.entry_point}"
        return f"{text}: {grown.measure} {grown.written(grown.before)} to {grown.written(grown.after)} {where}{cause}."

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

    def held_to(self, threshold: Threshold) -> CheckReport:
        """The same report, where `threshold` says which findings fail."""
        held = tuple(replace(check, threshold=threshold) for check in self.checks)
        return replace(self, threshold=threshold, checks=held)

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
        return [*(f"{key}: DISARMED: the scenario is gone." for key in self.gone), *said, *bare, *self.notes]

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
        if accepted := sum(each.suppressed is not None for each in self.findings):
            text += f", {accepted} finding{'' if accepted == 1 else 's'} accepted"
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
        """The findings, what is held no longer, the verdicts, the changes and the paths to cut, as far as there are."""
        return check_tables.tables(self)

    def to_dict(self) -> dict[str, object]:
        """The report as plain data."""
        return {
            "failed": self.failed,
            "summary": self.summary,
            "headline": self.headline,
            "baseline": self.baseline,
            "renewed": self.renewed,
            "gone": list(self.gone),
            "files": [check.to_dict() for check in self.checks],
        }


def _count(verdicts: Sequence[Verdict], status: str) -> int:
    return sum(verdict.status == status for verdict in verdicts)


def _paths(count: int) -> str:
    return f"{count} attack path{'' if count == 1 else 's'}"
