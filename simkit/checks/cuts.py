"""Which attack paths stand behind a finding, and where each of them is best cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from simkit.attackgraph import Ground
from simkit.blast_radius import AttackPath, BlastRadius
from simkit.checks.elements import Element
from simkit.checks.lines import Lines
from simkit.checks.measured_change import Change
from simkit.checks.path_to_cut import PathToCut
from simkit.checks.spot import Spot
from simkit.checks.verdict import Verdict
from simkit.entitlements import Resolver
from simkit.model import Model
from simkit.techniques.grounds import kind_of

MOST_PATHS = 20
"""How many paths one finding shows."""
MOST_TAKEN = 10_000
"""How many paths are told apart when they are counted."""


Needing = Mapping[tuple[str, tuple[str, ...]], tuple[str, ...]]
"""By kind and names of a ground the tasks that need it."""


@dataclass(frozen=True, slots=True)
class Cutting:
    """Finds the paths of one scenario file."""

    file: str
    scenario: str
    lines: Lines
    needing: Needing
    """The tasks that need each entitlement and trust edge."""

    def for_verdict(self, verdict: Verdict) -> Iterator[PathToCut]:
        """The paths to what was expected not to happen; none where a measure is too low."""
        result = verdict.measured.result
        if verdict.holds or verdict.expectation.at_most is None or result is None:
            return
        paths = [p for goal in verdict.measured.measure.leads_to for p in result.paths(goal, limit=MOST_PATHS)]
        yield from self._cuts(paths[:MOST_PATHS], result, verdict.sentence, [], sure=verdict.status == "fail")

    def for_growth(self, change: Change, old: BlastRadius | None, new: BlastRadius) -> Iterator[PathToCut]:
        """The paths that the baseline did not have; where all are old, those to what grew.

        What grew in the worst case alone need not be on any path of the samples: old ones are not to blame for it.
        """
        goal = change.measure if change.measure in new.legend.goals else None
        paths = list(new.paths(goal, limit=MOST_PATHS))
        before = old if old and (goal is None or goal in old.legend.goals) else None  # the goal may be new itself
        known = {_keys(path) for path in before.paths(goal, limit=1000)} if before else set()
        fresh = [path for path in paths if _keys(path) not in known]
        elements = [culprit.element for culprit in change.culprits]
        shown = fresh if change.in_worst_case else fresh or paths
        yield from self._cuts(shown, new, change.sentence, elements, sure=True)

    def _cuts(
        self, paths: list[AttackPath], result: BlastRadius, reason: str, elements: list[Element], *, sure: bool
    ) -> Iterator[PathToCut]:
        weights: Counter[Ground] = Counter()
        for path in paths:
            for ground in {step.ground for step in path.steps if kind_of(step.ground).removable}:
                weights[ground] += round(path.share.estimate * path.share.trials)
        for path in paths:
            cut, element = self._cut(path, weights, elements)
            if cut is None:
                continue
            spots = [self.lines.of_ground(step.ground) for step in path.steps]
            if element is not None:
                spots[cut] = spot_of(self.lines, element)
            ends = (result.provenance.policy, result.provenance.entry_point)
            needed = self._needed_by(path.steps[cut].ground)
            made = (self.file, self.scenario, *ends, path, cut, tuple(spots), (reason,))
            yield PathToCut(*made, sure=sure, needed_by=needed)

    def _cut(
        self, path: AttackPath, weights: Counter[Ground], elements: list[Element]
    ) -> tuple[int | None, Element | None]:
        """The step that the change made possible, with the part of the change; else one that no task needs, if there is
        one, and of those the one whose ground most paths share, the last among equals."""
        able = [place for place, step in enumerate(path.steps) if kind_of(step.ground).removable]
        for place in reversed(able):
            for element in elements:
                if self._is_about(element, path.steps[place].ground):
                    return place, element
        spared = [place for place in able if not self._needed_by(path.steps[place].ground)]
        return max(spared or able, key=lambda place: (weights[path.steps[place].ground], place), default=None), None

    def _needed_by(self, ground: Ground) -> tuple[str, ...]:
        return self.needing.get((ground.kind, ground.names), ())

    def _is_about(self, element: Element, ground: Ground) -> bool:
        """True if `element` is what `ground` names, or the assignment of a role that gives the entitlement."""
        if element.kind == "role" and element.in_list and ground.kind == "entitlement":
            given = element.where[:2] == ("identities", ground.names[0])
            return given and self.lines.role_covers(str(element.after), ground.names[1])
        return is_about(element, ground)


def needing(model: Model) -> Needing:
    """For each entitlement and trust edge that tasks need, those tasks."""
    resolver, found = Resolver(model), dict[tuple[str, tuple[str, ...]], tuple[str, ...]]()
    for task in model.tasks.values():
        needed: list[tuple[str, tuple[str, ...]]] = [
            ("entitlement", (task.entitled_as, *grant)) for grant in resolver.needs(task.needs)
        ]
        needed += [
            ("trust", (edge.source, edge.kind, edge.target))
            for edge in model.trust
            if edge.source == task.identity and edge.target in task.delegates_to
        ]
        for ground in needed:
            found[ground] = (*found.get(ground, ()), task.name)
    return found


def spot_of(lines: Lines, element: Element) -> Spot:
    """Where `element` stands in the file as it is now."""
    return lines.of_item(element.where, element.after) if element.in_list else lines.of(element.where)


def taken(result: BlastRadius | None) -> frozenset[tuple[str, ...]]:
    """The attack paths that some trial took first to a goal (to any loss, where there is no goal)."""
    return frozenset(_keys(path) for path in result.paths(limit=MOST_TAKEN)) if result else frozenset()


def _keys(path: AttackPath) -> tuple[str, ...]:
    return (path.goal, *(step.key for step in path.steps))


def is_about(element: Element, ground: Ground) -> bool:
    """True if the changed `element` is the entitlement, credential or trust edge that `ground` names."""
    item = element.after
    if element.kind == "entitlement" and ground.kind == "entitlement" and isinstance(item, dict):
        targets = item.get("targets") or ["*"]
        fits = fnmatchcase(ground.names[1], item["operation"])
        return fits and any(fnmatchcase(ground.names[2], target) for target in targets)
    if element.kind == "trust edge" and ground.kind == "trust" and isinstance(item, dict):
        return (item["from"], item.get("kind", "assume"), item["to"]) == ground.names
    if ground.kind == "credential":
        return element.where[:2] == ("credentials", ground.names[0]) or item == ground.names[0]
    return False


def distinct(paths: Iterable[PathToCut]) -> tuple[PathToCut, ...]:
    """Each path once, with the reasons of all findings that showed it; sure findings count before unsure ones."""
    found: dict[str, PathToCut] = {}
    for path in sorted(paths, key=lambda each: not each.sure):
        first = found.setdefault(path.fingerprint, path)
        found[path.fingerprint] = replace(first, reasons=tuple(dict.fromkeys((*first.reasons, *path.reasons))))
    return tuple(found.values())
