"""A scenario as it was and as it is: what changed in words, and how its figures moved from commit to commit."""

from simkit.history.alteration import Alteration
from simkit.history.past_figures import trend
from simkit.history.said_otherwise import diff
from simkit.history.scenario_diff import ScenarioDiff
from simkit.history.trend_points import AttackFigures, SkippedCommit, Trend, TrendPoint

__all__ = ["Alteration", "AttackFigures", "ScenarioDiff", "SkippedCommit", "Trend", "TrendPoint", "diff", "trend"]
