"""Pictures of scenarios and results, in one style that colour-blind readers can read.

Each function takes a result and an optional matplotlib `ax`, and returns the Axes that it drew on. matplotlib is
imported when the first picture is made. `save` writes a picture so that the same result gives the same bytes.
"""

from simkit.plots.bars import narrowings, ranking
from simkit.plots.boundaries import graph
from simkit.plots.curves import exceedance, over_time
from simkit.plots.forest import comparison
from simkit.plots.heatmap import goals_heatmap
from simkit.plots.race import race
from simkit.plots.style import save
from simkit.plots.sureness import annual_exceedance, tornado, turning
from simkit.plots.timeline import path
from simkit.plots.tradeoff import pareto
from simkit.plots.trend_lines import trend
from simkit.plots.waterfall import waterfall

__all__ = [
    "annual_exceedance",
    "comparison",
    "exceedance",
    "goals_heatmap",
    "graph",
    "narrowings",
    "over_time",
    "pareto",
    "path",
    "race",
    "ranking",
    "save",
    "tornado",
    "trend",
    "turning",
    "waterfall",
]
