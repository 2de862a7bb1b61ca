"""The graph of a scenario in a notebook, to click through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simkit.blast_radius import BlastRadius
from simkit.diagram.marks import MOST_NODES
from simkit.errors import InputError
from simkit.package import pip_install
from simkit.scenario import Scenario

if TYPE_CHECKING:
    from simkit.notebook.widget import GraphWidget


def graph(
    scenario: Scenario, result: BlastRadius | None = None, *, group: str | None = None, most: int = MOST_NODES
) -> GraphWidget:
    """Credentials, identities, tools and resources of `scenario`, in a band for each trust boundary, as a widget.

    With a `result` the boxes that the attack reached are filled. `group` and `most` are those of `simkit.plots.graph`.
    A click, or the arrow keys, select a box: `graph.selected` is its id, `graph.thing` what it stands for. Needs no
    network; made for JupyterLab 4, and for what else anywidget serves (Notebook 7, VS Code). Where nobody can click it
    is a static picture. Raises InputError where anywidget is not installed, QuestionError as `simkit.plots.graph`.
    """
    try:
        from simkit.notebook.widget import GraphWidget
    except ModuleNotFoundError as error:
        if error.name not in ("anywidget", "ipywidgets", "traitlets"):
            raise
        raise InputError(f"anywidget is not installed: `{pip_install('notebooks')}`") from error
    return GraphWidget(scenario, result, group=group, most=most)
