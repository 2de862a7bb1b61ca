"""The widget: Cytoscape.js through anywidget. Importing this module needs anywidget."""

from __future__ import annotations

from base64 import b64encode
from importlib.resources import files
from typing import Any

import anywidget
import traitlets

from simkit.blast_radius import AttackPath, BlastRadius
from simkit.diagram import cytoscape, palette
from simkit.diagram.diagram import Picture
from simkit.diagram.marks import ATTACK, JEWEL, pictured
from simkit.diagram.reached import BoxReach, lit, reached
from simkit.errors import InputError
from simkit.notebook.frontend import watched
from simkit.scenario import Scenario
from simkit.table import printable

_THINGS = {"credential": "credentials", "identity": "identities", "tool": "tools", "resource": "resources"}


def _script() -> str:
    """One JavaScript module: Cytoscape.js, which is no module by itself, and the view."""
    view = files("simkit.notebook").joinpath("graph.js").read_text("utf-8")
    # called with a `module` of its own and without `define`: its loader looks for one of the two
    opening = "(function (module, exports, define) {"
    closing = "return module.exports; }).call(window, {exports: {}}, {})"
    return f"const cytoscape = {opening}\n{cytoscape.source()}\n{closing};\n{view}"


class GraphWidget(anywidget.AnyWidget):
    """A scenario's graph that answers to clicks; made by `simkit.notebook.graph`."""

    _esm = _script()
    _css = files("simkit.notebook").joinpath("graph.css").read_text("utf-8")

    selected = traitlets.Unicode(help="The id of the selected box, such as `credential:ci-token`; empty: none.").tag(
        sync=True
    )
    steps = traitlets.List(traitlets.List(traitlets.Unicode()), help="Ids of the boxes and lines of each step.").tag(
        sync=True
    )
    filled = traitlets.List(traitlets.Unicode(), help="The boxes that an attack reached.").tag(sync=True)
    within = traitlets.List(traitlets.Unicode(), help="The boxes that the worst case reaches.").tag(sync=True)
    told = traitlets.Dict(help="A line of text for each box.").tag(sync=True)
    heading = traitlets.Unicode(help="What is shown, in a few words.").tag(sync=True)
    _elements: Any = traitlets.List().tag(sync=True)
    _styles = traitlets.Dict(help="Cytoscape's style sheets for light and dark pages.").tag(sync=True)
    _legend: Any = traitlets.List(help="What the lines, frames and fills mean.").tag(sync=True)

    def __init__(
        self, scenario: Scenario, result: BlastRadius | None = None, *, group: str | None, most: int, **extra: Any
    ) -> None:
        self._scenario = scenario
        self._result: BlastRadius | None = None
        self._group = group
        self._most = most
        self._drawn = pictured(scenario, group, most)
        super().__init__(
            _elements=cytoscape.elements(scenario, self._drawn),
            _styles={"light": cytoscape.style(), "dark": cytoscape.style(dark=True)},
            _legend=_legend(self._drawn),
            told={node.id: _words(node.kind, node.type, node.count) for node in self._drawn.nodes},
            heading=_heading(scenario, None),
            **extra,
        )
        if result is not None:
            self.show(result)

    def open(self) -> None:
        """Tell the front end about this widget, where somebody looks: nothing else should store half a megabyte."""
        if watched():
            super().open()

    def __repr__(self) -> str:
        boxes, lines = len(self._drawn.nodes), len(self._drawn.edges)
        return f"GraphWidget({self.heading}: {boxes} boxes, {lines} lines; selected: {self.selected or 'nothing'})"

    @property
    def thing(self) -> object | None:
        """What the selected box stands for, such as a Credential; None where none is selected."""
        kind, _, name = self.selected.partition(":")
        things: dict[str, object] = getattr(self._scenario, _THINGS[kind]) if kind in _THINGS else {}
        return things.get(name)

    def show(self, result: BlastRadius | None) -> None:
        """Fill the boxes that the attack of `result` reached; a dashed frame: it could. None takes both away.

        Raises InputError for the result of another scenario.
        """
        if result is not None and result.provenance.digest != self._scenario.digest:
            raise InputError(
                f"the result is of {result.provenance.scenario} ({result.provenance.digest[:12]}), the graph of "
                f"{self._scenario.name} ({self._scenario.digest[:12]}): simulate the scenario that is drawn"
            )
        found = reached(result, self._drawn) if result is not None else {}
        self._result = result
        with self.hold_sync():
            self.steps = []
            self.filled = sorted(box for box, how in found.items() if how.state == "reached")
            self.within = sorted(box for box, how in found.items() if how.state == "within")
            self.told = {
                node.id: _words(node.kind, node.type, node.count, found.get(node.id)) for node in self._drawn.nodes
            }
            self.heading = _heading(self._scenario, result)

    def highlight(self, path: AttackPath | None) -> None:
        """Mark what each step of `path` uses and reaches; None takes it away.

        Raises InputError where no result is shown, or its attack knows no such step.
        """
        if path is None:
            self.steps = []
            return
        if self._result is None:
            raise InputError(f"no result is shown: `show(result)` first, then the path to {path.goal} out of it")
        try:
            found = lit(self._scenario, self._result, path, self._drawn)
        except KeyError as error:
            raise InputError(f"the result has no step {error}: take a path out of the result that is shown") from None
        self.steps = [[*step.boxes, *map(cytoscape.edge_id, step.lines)] for step in found]

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and a picture for where there is none: HTML exports and code hosts."""
        data: dict[str, Any] = {"text/plain": repr(self), "image/png": self._static()}
        if watched():
            data = {**(super()._repr_mimebundle_() or ({}, {}))[0], **data}
        return data, {}

    def _static(self) -> str:
        """A PNG of the graph, in base64."""
        from matplotlib import pyplot

        from simkit.plots import graph, style

        axes = graph(self._scenario, group=self._group, most=self._most)
        try:
            return b64encode(style.rendered(axes, "png")).decode("ascii")
        finally:
            pyplot.close(axes.get_figure(root=True))


def _words(kind: str, type_: str, count: int, how: BoxReach | None = None) -> str:
    """What is said about a box when it is selected."""
    what = f"{kind}, {type_}" if type_ else kind
    if count > 1:
        what = f"{count:,} × {what}"
    return f"{what}: {how.words}" if how else what


def _heading(scenario: Scenario, result: BlastRadius | None) -> str:
    name = printable(scenario.name)
    if result is None:
        return name
    return f"{name}: what {result.provenance.entry_point} reached under {result.provenance.policy}"


def _legend(drawn: Picture) -> list[list[str]]:
    """What the lines, frames and fills mean: its kind, its colour (empty: the page's ink), and the words."""
    used = {edge.relation for edge in drawn.edges}
    dashed = {rule["selector"] for rule in cytoscape.style() if rule["style"].get("line-style") == "dashed"}
    lines = [
        ["dashed" if f'edge[relation="{name}"]' in dashed else "line", "" if colour == palette.INK else colour, name]
        for name, colour in palette.RELATIONS.items()
        if name in used
    ]
    marks = [["frame", "", ATTACK], ["frame", palette.VERMILLION, JEWEL]]
    return [*lines, *marks, ["fill", palette.WARM, "reached"], ["within", palette.VERMILLION, "worst case only"]]
