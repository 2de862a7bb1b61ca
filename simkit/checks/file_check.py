"""What came of the check of one scenario file."""

from __future__ import annotations

from dataclasses import dataclass, field

from simkit.checks.disarmed import Disarmed
from simkit.checks.findings import Finding, findings
from simkit.checks.measured_change import Change
from simkit.checks.path_to_cut import PathToCut
from simkit.checks.spot import TOP, Spot
from simkit.checks.surface import Exposed
from simkit.checks.threshold import EVERYTHING, Threshold
from simkit.checks.verdict import Verdict
from simkit.checks.wider import Widening


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What came of one scenario file. `compared` is how many attacks there were to hold it against; `disarmed` is what
    it was held to then, and is not now; `exposed` are credentials and identities that reach more when they are lost,
    `widened` what gives somebody more than then, where that was asked. `opened` and `closed` count the attack paths
    that some trial took first to a goal now and none then, and the reverse. `threshold` says which findings fail, and
    `seconds` how long the comparison took."""

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
    opened: int = 0
    closed: int = 0
    threshold: Threshold = EVERYTHING
    seconds: float = field(default=0.0, compare=False)

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
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong, one for each cause, the most severe first, with what accepts it."""
        return tuple(self.threshold.judged(each) for each in findings(self))

    @property
    def red(self) -> tuple[Finding, ...]:
        """The findings that fail the check."""
        return tuple(each for each in self.findings if self.threshold.is_failed_by(each))

    @property
    def failed(self) -> bool:
        """True if something grew or gives more, an expectation is not shown to hold, or the check was disarmed, and
        nobody accepts it."""
        return bool(self.red)

    def spot(self, about: str) -> Spot:
        """Where the expectation of this name stands in the file, or the part behind a growth of this sentence."""
        return dict(self.spots).get(about, TOP)

    @property
    def sentences(self) -> list[str]:
        """What to know, the worst first."""
        passing = ((each, self.threshold.why_not(each)) for each in self.findings)
        return [
            *self.failures,
            *(f"{why}: {said}" for each, why in passing if why for said in each.sentences),
            *(verdict.sentence for verdict in self.verdicts if verdict.holds),
            *(each.sentence for each in self.disarmed if each.acknowledged),
            *(change.sentence for change in self.changes if not change.grew),
        ]

    @property
    def failures(self) -> list[str]:
        """What made it fail: what it is held to no longer, growth, and expectations that are not shown to hold."""
        return list(dict.fromkeys(said for each in self.red for said in each.sentences))

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
            "opened": self.opened,
            "closed": self.closed,
            "findings": [each.to_dict() for each in self.findings],
            "disarmed": [each.to_dict() for each in self.disarmed],
            "changed": list(self.elements),
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "exposed": [each.to_dict() for each in self.exposed],
            "changes": [change.to_dict() for change in self.changes],
            "widened": [each.to_dict() for each in self.widened],
            "paths_to_cut": [path.to_dict() for path in self.paths],
        }
