"""What the tests of pictures share: results to draw, and a canvas that leaves no window behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use("agg")

import simkit

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(autouse=True)
def _figures_are_closed() -> Iterator[None]:
    from matplotlib import pyplot

    yield
    pyplot.close("all")


@pytest.fixture(scope="session")
def starter() -> simkit.Scenario:
    return simkit.load(SCENARIOS / "starter.yaml")


@pytest.fixture(scope="session")
def drift() -> simkit.Scenario:
    return simkit.load(SCENARIOS / "incidents" / "salesloft-drift.yaml")


@pytest.fixture(scope="session")
def of_drift(drift: simkit.Scenario) -> simkit.Comparison:
    return simkit.compare(drift, entry_point="drift-aws", trials=300)


@pytest.fixture(scope="session")
def of_starter(starter: simkit.Scenario) -> simkit.Comparison:
    return simkit.compare(starter, entry_point="leaked-ci-secret", trials=300)
