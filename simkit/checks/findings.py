"""Findings: what makes a check fail, one for each cause, however many measures, attacks and promises it touches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from simkit.checks.fingerprint import fingerprint_of
from simkit.checks.measured_change import Change
from simkit.checks.spot import TOP, Spot
from simkit.checks.suppressions import Suppression
from simkit.checks.verdict import Verdict
from simkit.measures import TIME

if TYPE_CHECKING:
    from simkit.checks.file_check import FileCheck
    from simkit.checks.path_to_cut import PathToCut

Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
"""From the worst on."""
Kind = Literal["disarmed", "growth", "expectation", "undecided", "exposed", "wider"]
KINDS: dict[Kind, Severity] = {
    "growth": "high",
    "expectation": "high",
    "disarmed": "high",
    "undecided": "medium",
    "exposed": "medium",
    "wider": "low",
}
"""What a finding is, the most telling first, and how severe it is unless it says more itself (our own scale: an
assumption). Critical is what can now be lost, or reached, that could not before."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one cause does: everything that it makes worse, or breaks, is in `sentences`, the worst first.

    `cause` names it, `spot` is where it stands, `paths` are the attack paths behind it. `known` is true if it was so
    before the change; `suppressed` is what accepts it. `fingerprint` stays the same while the cause and what it touches
    do: lines and figures do not matter.
    """

    file: str
    kind: Kind
    cause: str
    severity: Severity
    spot: Spot
    sentences: tuple[str, ...]
    fingerprint: str
    paths: tuple[PathToCut, ...] = ()
    known: bool = False
    suppressed: Suppression | None = None

    @property
    def name(self) -> str:
        """The first characters of the fingerprint: how people call it."""
        return self.fingerprint[:12]

    @property
    def sentence(self) -> str:
        """The worst of what it does."""
        return self.sentences[0]

    def is_at_least(self, severity: Severity) -> bool:
        """True if it is as severe as `severity`, or more."""
        return SEVERITIES.index(self.severity) <= SEVERITIES.index(severity)

    def to_dict(self) -> dict[str, object]:
        """The finding as plain data."""
        where: dict[str, object] = {"file": self.spot.file or self.file}
        return {
            "finding": self.fingerprint,
            "kind": self.kind,
            "severity": self.severity,
            "cause": self.cause,
            **where,
            "line": self.spot.line,
            "column": self.spot.column,
            "known": self.known,
            "suppressed": self.suppressed.to_dict() if self.suppressed else None,
            "sentences": list(self.sentences),
        }


@dataclass(frozen=True, slots=True)
class _Fault:
    """One thing that fails: `about` tells it from others, whatever its figures are."""

    kind: Kind
    severity: Severity
    cause: str
    spot: Spot
    sentence: str
    about: str
    paths: tuple[PathToCut, ...] = field(default=())
    known: bool = False


def findings(check: FileCheck) -> tuple[Finding, ...]:
    """Those of one scenario, the most severe first."""
    groups: list[list[_Fault]] = []
    for reason in _faults(check):
        same = next((group for group in groups if any(_is_one_cause(reason, each) for each in group)), None)
        if same is None:
            groups.append([reason])
        else:
            same.append(reason)
    made = [_finding(check, group) for group in groups]
    return tuple(sorted(made, key=lambda each: (SEVERITIES.index(each.severity), each.known)))


def gone(key: str) -> Finding:
    """The finding about a scenario whose file is no longer there."""
    told = "DISARMED: the scenario is gone."
    return Finding(key, "disarmed", "the scenario is gone", "high", TOP, (told,), fingerprint_of((key, "gone")))


def _is_one_cause(one: _Fault, other: _Fault) -> bool:
    """What is taken away from the check is never told as part of something else."""
    if (one.kind == "disarmed") != (other.kind == "disarmed"):
        return False
    return one.cause == other.cause or (one.spot == other.spot != TOP)


def _faults(check: FileCheck) -> Iterator[_Fault]:
    for lost in check.unexplained:
        yield _of(check, "disarmed", lost.what, lost.sentence, lost.what)
    for change in check.growth:
        yield _of_growth(check, change)
    for verdict in check.verdicts:
        if not verdict.holds:
            yield from _of_verdict(check, verdict)
    for each in check.exposed:
        about = " ".join((each.policy, *(f"{kind} {name}" for kind, name in each.things)))
        yield _of(check, "exposed", each.because, each.sentence, about)
    for widened in check.widened:
        cause = str(widened.element)
        yield replace(_of(check, "wider", cause, widened.sentence, cause), spot=widened.spot)


def _of(check: FileCheck, kind: Kind, cause: str, sentence: str, about: str) -> _Fault:
    return _Fault(kind, KINDS[kind], cause, check.spot(sentence), sentence, f"{kind} {about}")


def _of_growth(check: FileCheck, change: Change) -> _Fault:
    paths = _paths(check, change.sentence)
    about = f"{change.measure} {change.policy} {change.entry_point}"
    cause = str(change.culprits[0].element) if change.culprits else paths[0].what if paths else "several parts together"
    found = _of(check, "growth", cause, change.sentence, about)
    spot = found.spot if change.culprits or not paths else paths[0].spots[paths[0].cut]
    return replace(found, severity=_severity(change), spot=spot, paths=paths)


def _severity(change: Change) -> Severity:
    """Critical: something can be lost or reached now that could not be; medium: it is only sooner."""
    if change.newly or (change.in_worst_case and not change.before):
        return "critical"
    return "medium" if change.unit is TIME else "high"


def _of_verdict(check: FileCheck, verdict: Verdict) -> Iterator[_Fault]:
    """A broken promise is that of each place at which it is to be mended; without one, of its own."""
    kind: Kind = "undecided" if verdict.status == "unsure" else "expectation"
    made = verdict.expectation
    about = f"{made.name} {verdict.policy} {verdict.entry_point}"
    spot = check.spot(made.name)
    bare = _Fault(
        kind, KINDS[kind], f"expectation {made.name}", spot, verdict.sentence, f"{kind} {about}", (), verdict.known
    )
    blamed = None if verdict.known else _blamed(check, verdict)
    places: dict[tuple[Spot, str], list[PathToCut]] = {}
    for path in _paths(check, verdict.sentence):
        places.setdefault(blamed or (path.spots[path.cut], path.what), []).append(path)
    if not places:
        yield replace(bare, spot=blamed[0], cause=blamed[1]) if blamed else bare
    for (where, cause), paths in places.items():
        yield replace(bare, spot=where, cause=cause, paths=tuple(paths))


def _blamed(check: FileCheck, verdict: Verdict) -> tuple[Spot, str] | None:
    """The part of the change that made the measure of a promise grow."""
    about = (verdict.expectation.measure, verdict.policy, verdict.entry_point)
    for change in check.growth:
        if (change.measure, change.policy, change.entry_point) == about and change.culprits:
            return check.spot(change.sentence), str(change.culprits[0].element)
    return None


def _paths(check: FileCheck, sentence: str) -> tuple[PathToCut, ...]:
    return tuple(path for path in check.paths if sentence in path.reasons)


def _finding(check: FileCheck, group: list[_Fault]) -> Finding:
    kinds = list(KINDS)
    ordered = sorted(group, key=lambda each: (SEVERITIES.index(each.severity), kinds.index(each.kind)))
    first = ordered[0]
    paths = {path.fingerprint: path for each in ordered for path in each.paths}
    return Finding(
        file=check.file,
        kind=first.kind,
        cause=first.cause,
        severity=first.severity,
        spot=first.spot,
        sentences=tuple(dict.fromkeys(each.sentence for each in ordered)),
        fingerprint=fingerprint_of((check.scenario, first.cause, *sorted({each.about for each in group}))),
        paths=tuple(paths.values()),
        known=all(each.known for each in group),
    )
