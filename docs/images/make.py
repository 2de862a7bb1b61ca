"""Makes the pictures of the README and the docs, from the scenarios: `python docs/images/make.py [--out FOLDER]`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import simkit
from simkit import plots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HERE = Path(__file__).parent
SCENARIOS = HERE.parents[1] / "scenarios"


def compare() -> Axes:
    """What the README's command answers: the incident under six grant policies."""
    return plots.comparison(simkit.compare(_incident("salesloft-drift"), entry_point="drift-aws"))


def graph() -> Axes:
    """The starter's world, by environment."""
    return plots.graph(simkit.load(SCENARIOS / "starter.yaml"))


def over_time() -> Axes:
    """How fast a poisoned pull request spreads, under six grant policies."""
    return plots.over_time(simkit.compare(_incident("tanstack"), entry_point="fork-pull-request"))


def path() -> Axes:
    """The longest way of a real incident: from one leaked token to another company's production."""
    result = simkit.simulate(_incident("tj-actions"), entry_point="dormant-token")
    (longest, *_) = result.paths("consumers-production-changed")
    return plots.path(longest)


PICTURES: Mapping[str, Callable[[], Axes]] = {
    "compare.png": compare,
    "graph.png": graph,
    "over-time.png": over_time,
    "path.png": path,
}


def _incident(name: str) -> simkit.Scenario:
    return simkit.load(SCENARIOS / "incidents" / f"{name}.yaml")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    import matplotlib as mpl

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to; default: this one")
    folder = parser.parse_args(arguments).out
    mpl.use("agg")
    for name, picture in PICTURES.items():
        plots.save(picture(), folder / name)


if __name__ == "__main__":
    main()
