"""The measures of a blast radius: a row for each, which expectations, gates, baselines and narrowing read."""

from simkit.measures.measure import (
    CHANCE,
    MEAN,
    MEASURES,
    P95,
    SHARE,
    VALUE,
    Attacked,
    Estimator,
    Measure,
    Sampler,
    Unit,
    chance_of,
    chosen_measure,
    harm_of,
    measure_of,
    names_of,
)

__all__ = [
    "CHANCE",
    "MEAN",
    "MEASURES",
    "P95",
    "SHARE",
    "VALUE",
    "Attacked",
    "Estimator",
    "Measure",
    "Sampler",
    "Unit",
    "chance_of",
    "chosen_measure",
    "harm_of",
    "measure_of",
    "names_of",
]
