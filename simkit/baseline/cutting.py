"""Which attack paths stand behind a finding, and where each of them is best cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from simkit.attackgraph import Cause
from simkit.baseline.elements import Element
from simkit.baseline.growth import Change
from simkit.baseline.judging import Verdict
from simkit.baseline.lines import CUTTABLE, Lines
from simkit.baseline.measures import targets
from simkit.baseline.report import PathToCut
from simkit.blast_radius import AttackPath, BlastRadius

MOST_PATHS = 20
"""How many paths one finding shows."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """Finds the paths of one scenario file."""

    file: str
    scenario: str
    lines: Lines

    def for_verdict(self, verdict: Verdict) -> Iterator[PathToCut]:
        """The paths to what was expected not to happen; none where a measure is too low."""
        result = verdict.measured.result
        if (
            verdict.holds
            or verdict.expectation.at_most is None
            or result is None
            or verdict.expectation.measure == "contained"
        ):
            return
        paths = [
            p for goal in targets(result, verdict.expectation.measure) for p in result.paths(goal, limit=MOST_PATHS)
        ]
        yield from self._cuts(paths[:MOST_PATHS], result, verdict.sentence, [], sure=verdict.status == "fail")

    def for_growth(self, change: Change, old: BlastRadius | None, new: BlastRadius) -> Iterator[PathToCut]:
        """The paths that the baseline did not have; where all are old, those to what grew."""
        goal = change.measure if change.measure in new.legend.goals else None
        paths = list(new.paths(goal, limit=MOST_PATHS))
        known = {_keys(path) for path in old.paths(goal, limit=1000)} if old else set()
        fresh = [path for path in paths if _keys(path) not in known]
        elements = [culprit.element for culprit in change.culprits]
        yield from self._cuts(fresh or paths, new, change.sentence, elements, sure=True)

    def _cuts(
        self, paths: list[AttackPath], result: BlastRadius, reason: str, elements: list[Element], *, sure: bool
    ) -> Iterator[PathToCut]:
        weights: Counter[Cause] = Counter()
        for path in paths:
            for cause in {step.cause for step in path.steps if step.cause.kind in CUTTABLE}:
                weights[cause] += round(path.share.estimate * path.share.trials)
        for path in paths:
            cut = _cut(path, weights, elements)
            if cut is None:
                continue
            spots = tuple(self.lines.of_cause(step.cause) for step in path.steps)
            prov = result.provenance
            yield PathToCut(self.file, self.scenario, prov.policy, prov.entry_point, path, cut, spots, reason, sure)


def _keys(path: AttackPath) -> tuple[str, ...]:
    return (path.goal, *(step.key for step in path.steps))


def _cut(path: AttackPath, weights: Counter[Cause], elements: list[Element]) -> int | None:
    """The step that the change made possible; else the one whose cause most paths share, the last among equals."""
    able = [place for place, step in enumerate(path.steps) if step.cause.kind in CUTTABLE]
    guilty = [place for place in able if any(is_about(element, path.steps[place].cause) for element in elements)]
    if not able:
        return None
    return guilty[-1] if guilty else max(able, key=lambda place: (weights[path.steps[place].cause], place))


def is_about(element: Element, cause: Cause) -> bool:
    """True if the changed `element` is the entitlement, credential or trust edge that `cause` names."""
    item = element.after
    if element.kind == "entitlement" and cause.kind == "entitlement" and isinstance(item, dict):
        targets = item.get("targets") or ["*"]
        fits = fnmatchcase(cause.names[1], item["operation"])
        return fits and any(fnmatchcase(cause.names[2], target) for target in targets)
    if element.kind == "trust edge" and cause.kind == "trust" and isinstance(item, dict):
        return (item["from"], item.get("kind", "assume"), item["to"]) == cause.names
    if cause.kind == "credential":
        return element.where[:2] == ("credentials", cause.names[0]) or item == cause.names[0]
    return False


def distinct(paths: Iterable[PathToCut]) -> tuple[PathToCut, ...]:
    """Each path once, for the first finding that showed it; sure findings count before unsure ones."""
    found: dict[str, PathToCut] = {}
    for path in sorted(paths, key=lambda each: not each.sure):
        found.setdefault(path.fingerprint, path)
    return tuple(found.values())
