"""The interactive graph: the boxes, how far the attack gets with each under each policy, and the paths step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from simkit.blast_radius import AttackPath, BlastRadius, PathStep
from simkit.diagram import cytoscape, palette
from simkit.diagram.diagram import Node, Picture
from simkit.diagram.marks import pictured
from simkit.diagram.reached import BoxReach, Lit, lit, reached
from simkit.report.details import details
from simkit.table import duration, format_number, percent, printable, shorten

if TYPE_CHECKING:
    from simkit.report.report import Report

LONGEST_PATH = 60
"""Places of a path's name in the list to choose from."""
WORTH_SAYING = 60.0
"""Seconds between two steps from which the wait is named."""


@dataclass(frozen=True, slots=True)
class ReachRow:
    """One box in the table that says what the graph says: a cell for each policy."""

    id: str
    name: str
    kind: str
    marks: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AttackDrawn:
    """How far the attack gets with each box under one policy, its paths, and what each step of these lights up."""

    reach: Mapping[str, BoxReach]
    paths: Sequence[tuple[AttackPath, Sequence[Lit]]]


@dataclass(frozen=True, eq=False)
class Drawn:
    """The picture of a report's scenario, and everything that a page needs to make it answer."""

    report: Report

    @cached_property
    def boxes(self) -> Picture:
        """The boxes and lines."""
        return pictured(self.report.scenario)

    @cached_property
    def attacks(self) -> Mapping[str, AttackDrawn]:
        """The attack under each policy, one after the other: what was put away is compiled once for all of it."""
        return {result.provenance.policy: self._attack(result) for result in self.report.comparison.results}

    def _attack(self, result: BlastRadius) -> AttackDrawn:
        paths = self.report.paths(result.provenance.policy)
        lights = [lit(self.report.scenario, result, path, self.boxes) for path in paths]
        return AttackDrawn(reached(result, self.boxes), tuple(zip(paths, lights, strict=True)))

    @cached_property
    def elements(self) -> cytoscape.Elements:
        """Nodes and edges as Cytoscape.js takes them: labels are printable, ids are numbers and no names."""
        found = self._placed
        ids = {element["data"]["id"]: f"b{place}" for place, element in enumerate(found)}
        return [
            {**each, "data": {key: _shown(key, value, ids) for key, value in each["data"].items()}} for each in found
        ]

    @cached_property
    def ids(self) -> Mapping[str, str]:
        """For each box its id on the page."""
        return {old["data"]["id"]: new["data"]["id"] for old, new in zip(self._placed, self.elements, strict=True)}

    @cached_property
    def _placed(self) -> cytoscape.Elements:
        entry_point = self.report.in_force.provenance.entry_point
        return cytoscape.elements(self.report.scenario, self.boxes, entry_point)

    def data(self) -> dict[str, Any]:
        """What the script of the page reads."""
        model = self.report.scenario.model
        return {
            "elements": self.elements,
            "style": {"light": cytoscape.style(), "dark": cytoscape.style(dark=True)},
            "details": {self.ids[node.id]: details(model, node, self.boxes) for node in self.boxes.nodes},
            "policies": [self._policy(name, attack) for name, attack in self.attacks.items()],
            "inForce": list(self.attacks).index(self.report.comparison.against),
        }

    def _policy(self, name: str, attack: AttackDrawn) -> dict[str, Any]:
        reach = {self.ids[box]: [how.state, how.words] for box, how in attack.reach.items()}
        paths = [self._path(path, lights) for path, lights in attack.paths]
        return {"name": printable(name), "reach": reach, "paths": paths}

    def _path(self, path: AttackPath, lights: Sequence[Lit]) -> dict[str, Any]:
        before = [None, *path.steps]
        steps = [
            {**_step(step, earlier), **self._lit(light)}
            for step, earlier, light in zip(path.steps, before, lights, strict=False)
        ]
        share, last = percent(path.share.estimate), duration(path.steps[-1].done)
        title = f"{shorten(printable(path.goal), LONGEST_PATH)}: {share}, {len(steps)} steps, {last}"
        return {"title": title, "steps": steps}

    def _lit(self, light: Lit) -> dict[str, list[str]]:
        lines = [self.ids[cytoscape.edge_id(line)] for line in light.lines]
        return {"boxes": [self.ids[box] for box in light.boxes], "lines": lines}

    def rows(self) -> list[ReachRow]:
        """The graph as a table, what is reached most often under the policy in force first."""
        rank = self.attacks[self.report.comparison.against].reach
        kinds = {"credential": 0, "identity": 1, "tool": 2, "resource": 3}
        ordered = sorted(
            self.boxes.nodes, key=lambda node: (-rank[node.id].share, not rank[node.id].within, kinds[node.kind])
        )
        return [self._row(node) for node in ordered]

    def _row(self, node: Node) -> ReachRow:
        box = self.ids[node.id]
        marks = next(each.get("classes", "") for each in self.elements if each["data"]["id"] == box)
        cells = tuple((how.state, _cell(how)) for how in (each.reach[node.id] for each in self.attacks.values()))
        return ReachRow(box, printable(node.label), node.kind, marks, cells)

    @property
    def caption(self) -> str:
        """How much of the model is drawn, and how."""
        count = self.boxes.things
        if not self.boxes.aggregated:
            return f"{format_number(count)} things of the model, a box each."
        return (
            f"{format_number(count)} things of the model in {format_number(len(self.boxes.nodes))} boxes: alike things "
            "share a box, and a box counts as reached when one of its things is."
        )


def _shown(key: str, value: Any, ids: Mapping[str, str]) -> Any:
    if key in ("id", "source", "target", "parent"):
        return ids[value]
    return printable(value) if key in ("label", "type", "shown") else value


def _cell(how: BoxReach) -> str:
    if how.share:
        return percent(how.share)
    return "in reach" if how.within else "–"


def _step(step: PathStep, earlier: PathStep | None) -> dict[str, Any]:
    """One step in words: when it is done, how long it made the attacker wait, what it is, and what it uses."""
    gap = step.done - earlier.done if earlier else 0.0
    means = palette.GROUNDS_MEAN.get(step.ground.kind, step.ground.kind)
    return {
        "when": duration(step.done),
        "gap": f"+{duration(gap)}" if gap >= WORTH_SAYING else "",
        "label": printable(step.label),
        "what": {"goal": means, "entry": f"{step.rule}, {means}"}.get(step.ground.kind, f"{step.rule}, uses {means}"),
        "kind": step.ground.kind if step.ground.kind in palette.GROUNDS else "other",
    }
