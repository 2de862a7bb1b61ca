"""The links and parameters of a graph that has other numbers in its columns than one whose own are known.

Where many draws replay one graph with other chances and delays, to lay it out anew takes longer than to replay it. What
is laid out depends on which chances are zero, on who may raise an alert, and on whether anybody waits: where these are
as before, only the columns are written over. The result is that of `links_of` and `parameters_of`, array by array.
"""

from __future__ import annotations

import numpy as np

from simkit.attackgraph.graph import AttackGraph
from simkit.engines.links import Links, kept_with, links_of
from simkit.engines.parameters import Parameters, parameters_of
from simkit.fate import CERTAIN


def take_over(graph: AttackGraph, base: AttackGraph) -> None:
    """Lets a replay of `graph`, which is `base` but for `success`, `alert`, `tables`, `fixed` and what responders
    forget and overlook, begin with the layout of `base`, where that is the same."""
    if not _laid_out_alike(graph, base):
        return
    links = links_of(base)
    given = kept_with(base, "parameters", lambda: parameters_of(base, links))
    mine = links if graph.success is base.success else links._replace(success=graph.success[links.number])
    kept_with(graph, "links", lambda: mine)
    kept_with(graph, "parameters", lambda: _parameters(graph, mine, given))


def _laid_out_alike(graph: AttackGraph, base: AttackGraph) -> bool:
    if graph.success is not base.success and not np.array_equal(graph.success > 0, base.success > 0):
        return False
    if graph.alert is not base.alert and not np.array_equal(graph.alert > 0, base.alert > 0):
        return False
    return graph.fixed is base.fixed or np.array_equal(graph.fixed[base.approval] != 0, base.fixed[base.approval] != 0)


def _parameters(graph: AttackGraph, links: Links, given: Parameters) -> Parameters:
    who, fixed = graph.responders, graph.fixed[given.timings]
    return given._replace(
        alert=graph.alert[links.number] * np.uint64(len(who.action) > 0),
        constant=np.where((fixed >= 0).all(axis=1), fixed.sum(axis=1), -1),
        certain=(links.success >= np.uint64(CERTAIN)).astype(np.uint8),
        tables=graph.tables,
        fixed=graph.fixed,
        responders=given.responders._replace(forgotten=who.forgotten, overlooked=who.overlooked),
    )
