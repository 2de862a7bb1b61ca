"""Every picture: made, named, with units, nothing over anything else, nothing cut off, the same bytes twice."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.image import imread
from matplotlib.text import Text
from matplotlib.transforms import Bbox

import simkit
from simkit import plots
from simkit.blast_radius import Interval
from simkit.history.past_figures import trend_over
from simkit.repository import Commit

ROWS = (("start", 119.0, 118.0, 120.0), ("scope: task", 30.0, 28.0, 33.0), ("expiry: completion", 31.0, 29.0, 33.0))
LINE = [
    (seconds, Interval(seconds / 90, seconds / 100, seconds / 80, 9, "normal")) for seconds in (60.0, 900.0, 86400.0)
]
NOTHING = Interval(0.0, 0.0, 0.0, 9, "normal")
TAIL = "-of-the-european-subsidiary-in-the-second-region"
SCENARIOS = Path(__file__).parents[2] / "scenarios"
Worlds = dict[str, Any]
PAIR = ["rbac-context", "task-scoped"]


def scaled(factor: float) -> simkit.Scenario:
    """The starter with every value so many times as large."""
    world = yaml.safe_load((SCENARIOS / "starter.yaml").read_text("utf-8"))
    for thing in world["resources"].values():
        for impact in thing.get("value", {}):
            thing["value"][impact] *= factor
    return simkit.loads(yaml.safe_dump(world, sort_keys=False))


def long_names() -> simkit.Scenario:
    """The starter as a large company would name it; the entry point, agent, tool and goal have long names."""
    text = (SCENARIOS / "starter.yaml").read_text("utf-8")
    for name in ("starter", "leaked-ci-secret", "deploy-key", "support-agent", "cloud", "customers-leaked"):
        text = re.sub(rf"(?<![\w-]){name}(?![\w-])", name + TAIL, text)
    return simkit.loads(text)


def of_world(world: simkit.Scenario, policies: Sequence[simkit.GrantPolicy] | None = None) -> simkit.Comparison:
    """Eight policies, two of them with long names that differ at the end only; or `policies`."""
    twins = [replace(simkit.policy("rbac"), name=f"rbac{TAIL}-{place}") for place in ("north", "south")]
    names = ("static-secrets", "rbac", "rbac-context", "jit", "task-scoped", "zero-standing")
    shown = policies or [*twins, *(simkit.policy(name) for name in names)]
    (entry,) = (name for name in world.entry_points if name.startswith("leaked-ci-secret"))
    against = policies[0].name if policies else "rbac"
    return simkit.compare(world, shown, entry_point=entry, trials=60, against=against)


@pytest.fixture(scope="module")
def worlds(
    starter: simkit.Scenario, drift: simkit.Scenario, of_starter: simkit.Comparison, of_drift: simkit.Comparison
) -> Worlds:
    entry = {"entry_point": "leaked-ci-secret", "trials": 30}
    return {
        "starter": starter,
        "drift": drift,
        "of_starter": of_starter,
        "of_drift": of_drift,
        "narrowed": simkit.recommend(starter, budget=2, entry_points="leaked-ci-secret", trials=30),
        "narrowed for a goal": simkit.recommend(
            starter, budget=2, goal="customers-leaked", entry_points="leaked-ci-secret", trials=30
        ),
        "of_riches": of_world(scaled(3.7e8)),
        "of_crumbs": of_world(scaled(1e-4)),
        "of_long_names": of_world(long_names()),
        "of_nothing": of_world(starter, [simkit.policy("zero-standing")]),
        "sure": simkit.sensitivity(starter, PAIR, entry_point="poisoned-ticket", draws=64),
        "trend": trend_over(
            [(Commit("", "", "now", ""), starter), (Commit("5d41402a", "2026-01-14", "then", ""), long_names())],
            trials=30,
        ),
        "ablated": simkit.ablate(starter, from_policy="rbac", to_policy="task-scoped", **entry),
    }


PICTURES: dict[str, Callable[[Worlds], Axes]] = {
    "comparison": lambda w: plots.comparison(w["of_drift"]),
    "comparison on a linear axis": lambda w: plots.comparison(linear(w["of_starter"])),
    "over time": lambda w: plots.over_time(w["of_starter"]),
    "one over time": lambda w: plots.over_time(w["of_starter"]["task-scoped"]),
    "exceedance": lambda w: plots.exceedance(w["of_drift"]),
    "one exceedance": lambda w: plots.exceedance(w["of_drift"]["rbac-context"]),
    "goals": lambda w: plots.goals_heatmap(w["of_drift"]),
    "resources": lambda w: plots.goals_heatmap(w["of_starter"], rows="resources"),
    "path": lambda w: plots.path(longest(w["of_starter"]["rbac"])),
    "graph": lambda w: plots.graph(w["starter"]),
    "graph of a model": lambda w: plots.graph(w["drift"].model, group="tier"),
    "pareto": lambda w: plots.pareto(w["of_starter"]),
    "pareto on a logarithmic axis": lambda w: plots.pareto(w["of_drift"], overhead="tokens"),
    "pareto of changes": lambda w: plots.pareto(w["narrowed"]),
    "pareto of a goal": lambda w: plots.pareto(w["narrowed for a goal"]),
    "ranking": lambda w: plots.ranking(simkit.rank(w["starter"])),
    "ranking by goals": lambda w: plots.ranking(simkit.rank(without_values(w["starter"]))),
    "narrowings": lambda w: plots.narrowings(w["narrowed"]),
    "race": lambda w: plots.race(w["ablated"].curves[1]),
    "trend": lambda w: plots.trend(w["trend"]),
    "trend of one commit": lambda w: plots.trend(replace(w["trend"], points=w["trend"].points[:1])),
    "trend of many commits": lambda w: plots.trend(replace(w["trend"], points=w["trend"].points * 20)),
    "race of several": lambda _: plots.race({"rbac": LINE, "jit": LINE[:2]}, axis="detection delay"),
    "waterfall of dials": lambda w: plots.waterfall(w["ablated"]),
    "waterfall": lambda _: plots.waterfall(ROWS, title="what each dial buys"),
}
for world in ("riches", "crumbs", "long_names", "nothing"):
    PICTURES |= {
        f"comparison of {world}": lambda w, world=world: plots.comparison(w[f"of_{world}"]),
        f"over time of {world}": lambda w, world=world: plots.over_time(w[f"of_{world}"]),
        f"exceedance of {world}": lambda w, world=world: plots.exceedance(w[f"of_{world}"]),
        f"goals of {world}": lambda w, world=world: plots.goals_heatmap(w[f"of_{world}"]),
        f"pareto of {world}": lambda w, world=world: plots.pareto(w[f"of_{world}"]),
    }
PICTURES |= {
    "ranking of long_names": lambda _: plots.ranking(simkit.rank(long_names())),
    "path of long_names": lambda w: plots.path(longest(w["of_long_names"].results[1])),
    "graph of long_names": lambda _: plots.graph(long_names()),
    "race of nothing": lambda _: plots.race({"rbac": [(60.0, NOTHING), (900.0, NOTHING)]}, axis="ttl"),
    "waterfall of nothing": lambda _: plots.waterfall([("rbac", 0.0, 0.0, 0.0), ("scope: task", 0.0, 0.0, 0.0)]),
    "waterfall of riches": lambda _: plots.waterfall([(label, *(3.7e8 * at for at in row)) for label, *row in ROWS]),
}
WITHOUT_AXES = {"path", "graph", "graph of a model", "path of long_names", "graph of long_names"}
"""Diagrams: what they show has no scale."""


def without_values(world: simkit.Scenario) -> simkit.Scenario:
    """`world` where nothing has a value."""
    resources = {name: replace(each, value={}) for name, each in world.model.resources.items()}
    return replace(world, model=replace(world.model, resources=resources))


def linear(compared: simkit.Comparison) -> simkit.Comparison:
    """The policies of `compared` that lose about as much as each other."""
    alike = tuple(compared[name] for name in ("static-secrets", "rbac", "jit", "agents-only"))
    return replace(compared, results=alike, against="rbac")


def longest(result: simkit.BlastRadius):  # type: ignore[no-untyped-def]
    return max(result.paths(limit=40), key=lambda path: len(path.steps))


@pytest.fixture(scope="module", params=PICTURES)
def drawn(request: pytest.FixtureRequest, worlds: Worlds) -> tuple[str, Axes]:
    axes = PICTURES[request.param](worlds)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()
    return request.param, axes


def boxes(texts: Sequence[Text]) -> list[tuple[str, Bbox]]:
    shown = [text for text in texts if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent()) for text in shown]


def overlapping(found: Sequence[tuple[str, Bbox]]) -> list[tuple[str, str]]:
    """Pairs of texts that cover each other by more than a pixel."""
    pairs = itertools.combinations(found, 2)
    return [
        (one, other)
        for (one, a), (other, b) in pairs
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1
    ]


def in_view(axis: Axis) -> list[Text]:
    """The labels of the ticks that are drawn: matplotlib keeps one or two beyond the ends."""
    low, high = sorted(axis.get_view_interval())
    return [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]


def words(axes: Axes) -> list[Text]:
    """Everything written on the picture but slanted labels, whose boxes say little."""
    legend = axes.get_legend()
    ticks = [*in_view(axes.xaxis), *in_view(axes.yaxis)] if axes.axison else []
    names = [axes.xaxis.label, axes.yaxis.label] if axes.axison else []
    titles = [axes.title, axes._left_title, axes._right_title]  # type: ignore[attr-defined]
    all_of_them = [*ticks, *names, *titles, *axes.texts, *(legend.get_texts() if legend else ())]
    return [text for text in all_of_them if not text.get_rotation() or text.get_rotation() == 90]


def test_a_picture_has_a_title(drawn: tuple[str, Axes]) -> None:
    assert drawn[1].get_title(loc="left")


def test_axes_say_what_they_show(drawn: tuple[str, Axes]) -> None:
    name, axes = drawn
    if name in WITHOUT_AXES:
        assert not axes.axison
        return
    named = [axis for axis in (axes.xaxis, axes.yaxis) if axis.get_label_text()]
    listed = [
        axis
        for axis in (axes.xaxis, axes.yaxis)
        if any(any(c.isalpha() for c in t.get_text()) for t in axis.get_ticklabels())
    ]
    assert {id(axis) for axis in (*named, *listed)} == {id(axes.xaxis), id(axes.yaxis)}


def test_no_text_lies_over_another(drawn: tuple[str, Axes]) -> None:
    assert overlapping(boxes(words(drawn[1]))) == []


def test_a_picture_on_the_screen_is_the_one_in_the_file(drawn: tuple[str, Axes], tmp_path: Path) -> None:
    figure: Any = drawn[1].get_figure(root=True)

    def seen() -> list[tuple[str, float, list[float]]]:
        found = [(text, text.get_window_extent()) for text in words(drawn[1]) if text.get_text().strip()]
        return [(text.get_text(), text.get_fontsize(), [round(at, 3) for at in box.extents]) for text, box in found]

    plots.save(drawn[1], tmp_path / "it.png")
    in_the_file = seen()
    figure.canvas.draw()
    assert seen() == in_the_file
    figure.canvas.draw()
    assert seen() == in_the_file


def test_slanted_labels_do_not_run_into_each_other(drawn: tuple[str, Axes]) -> None:
    _, axes = drawn
    slanted = [label for label in axes.get_xticklabels() if label.get_rotation()]
    places = [label.get_transform().transform(label.get_position())[0] for label in slanted]
    assert all(b - a > 20 for a, b in itertools.pairwise(places)), "a line of text is about 15 pixels high"


def test_nothing_is_cut_off(drawn: tuple[str, Axes]) -> None:
    _, axes = drawn
    figure = axes.get_figure(root=True)
    assert figure is not None
    width, height = figure.canvas.get_width_height()
    outside = [
        text for text, box in boxes(words(axes)) if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height
    ]
    assert outside == []


def test_text_can_be_read_at_its_own_size(drawn: tuple[str, Axes]) -> None:
    assert min(text.get_fontsize() for text in words(drawn[1]) if text.get_text()) >= 8


def test_the_picture_is_not_empty(drawn: tuple[str, Axes], tmp_path: Path) -> None:
    plots.save(drawn[1], tmp_path / "it.png")
    pixels = imread(tmp_path / "it.png")[..., :3]
    assert pixels.shape[1] >= 440
    assert (pixels.min(axis=2) < 0.9).mean() > 0.01, "more than one pixel in a hundred is not white"
    edge = np.concatenate([pixels[:2].ravel(), pixels[-2:].ravel(), pixels[:, :2].ravel(), pixels[:, -2:].ravel()])
    assert edge.min() > 0.95, "nothing touches the edge"


@pytest.mark.parametrize("ending", ["svg", "png", "pdf"])
def test_the_same_picture_is_the_same_bytes(ending: str, of_drift: simkit.Comparison, tmp_path: Path) -> None:
    for name in ("one", "two"):
        plots.save(plots.comparison(of_drift), tmp_path / f"{name}.{ending}")
    assert (tmp_path / f"one.{ending}").read_bytes() == (tmp_path / f"two.{ending}").read_bytes()


ON_GIVEN_AXES: dict[str, Callable[[Worlds, Axes], Axes]] = {
    "comparison": lambda w, ax: plots.comparison(w["of_drift"], ax=ax),
    "over time": lambda w, ax: plots.over_time(w["of_drift"], ax=ax),
    "exceedance": lambda w, ax: plots.exceedance(w["of_drift"], ax=ax),
    "goals": lambda w, ax: plots.goals_heatmap(w["of_drift"], ax=ax),
    "path": lambda w, ax: plots.path(longest(w["of_starter"]["rbac"]), ax=ax),
    "graph": lambda w, ax: plots.graph(w["starter"], ax=ax),
    "pareto": lambda w, ax: plots.pareto(w["of_drift"], ax=ax),
    "trend": lambda w, ax: plots.trend(w["trend"], ax=ax),
    "ranking": lambda w, ax: plots.ranking(simkit.rank(w["drift"]), ax=ax),
    "narrowings": lambda w, ax: plots.narrowings(w["narrowed"], ax=ax),
    "race": lambda _, ax: plots.race({"rbac": LINE}, axis="ttl", ax=ax),
    "waterfall": lambda _, ax: plots.waterfall(ROWS, ax=ax),
    "tornado": lambda w, ax: plots.tornado(w["sure"], *PAIR, ax=ax),
    "turning": lambda w, ax: plots.turning(w["sure"], *PAIR, ax=ax),
    "annual exceedance": lambda w, ax: plots.annual_exceedance(w["sure"], ax=ax),
}


def test_long_names_keep_what_tells_them_apart(worlds: Worlds) -> None:
    shown = [label.get_text() for label in plots.comparison(worlds["of_long_names"]).get_yticklabels()]
    assert len(set(shown)) == len(shown) == 8


def test_what_loses_nothing_says_so(worlds: Worlds) -> None:
    for picture in (plots.over_time, plots.exceedance, plots.pareto):
        axes = picture(worlds["of_nothing"])
        assert "nothing is lost in any trial" in [text.get_text() for text in axes.texts]
        assert "nothing is lost in any trial" not in [text.get_text() for text in picture(worlds["of_starter"]).texts]


def test_large_numbers_are_written_short(worlds: Worlds) -> None:
    shown = [text.get_text() for text in plots.comparison(worlds["of_riches"]).texts]
    assert any(text.endswith(" bn") for text in shown)
    assert max(map(len, shown)) < 40


@pytest.mark.parametrize("name", ON_GIVEN_AXES)
def test_a_picture_is_drawn_on_the_axes_that_are_given(name: str, worlds: Worlds) -> None:
    pyplot.close("all")  # what a test of another folder may have left open
    figure, (given, other) = pyplot.subplots(1, 2, figsize=(20, 9))
    assert ON_GIVEN_AXES[name](worlds, given) is given
    figure.canvas.draw()
    assert given.get_title(loc="left")
    assert not other.get_title(loc="left")
    assert not other.has_data()
    assert pyplot.get_fignums() == [figure.number]  # type: ignore[attr-defined]


def test_every_picture_of_the_package_is_tested_here() -> None:
    pictures = set(plots.__all__) - {"save"}
    assert len(ON_GIVEN_AXES) == len(pictures)


def test_a_picture_cannot_be_written_as_anything_else(of_drift: simkit.Comparison, tmp_path: Path) -> None:
    with pytest.raises(simkit.QuestionError, match="a picture cannot be written as 'bmp'"):
        plots.save(plots.comparison(of_drift), tmp_path / "it.bmp")


def test_matplotlib_waits_for_the_first_picture() -> None:
    code = "import sys, simkit.plots; print('matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
