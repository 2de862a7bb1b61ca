"""Makes the pictures of the README and the docs, from the scenarios: `python docs/images/make.py [--out FOLDER]`.

With `--browser /usr/bin/chromium` it makes the pictures of pages, too, which need playwright and a Chromium.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import simkit
from simkit import plots
from simkit.history.past_figures import trend_over
from simkit.repository import Commit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from playwright.sync_api import Browser

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


def exceedance() -> Axes:
    """How bad the bad trials of a poisoned ticket are."""
    return plots.exceedance(_poisoned_ticket())


@cache
def _sure() -> simkit.Sensitivity:
    """Two steps of the starter's agent, over what nobody measured."""
    starter = simkit.load(SCENARIOS / "starter.yaml")
    return simkit.sensitivity(starter, ["rbac-context", "task-scoped"], entry_point="poisoned-ticket", draws=64)


def ranking() -> Axes:
    """Which credential or identity of the starter is worst to lose."""
    return plots.ranking(simkit.rank(simkit.load(SCENARIOS / "starter.yaml")))


def narrowings() -> Axes:
    """What each narrowing of the starter buys, against all of its entry points."""
    return plots.narrowings(simkit.recommend(simkit.load(SCENARIOS / "starter.yaml"), trials=200))


def tornado() -> Axes:
    """What each input moves, and where it turns the decision."""
    return plots.tornado(_sure(), "rbac-context", "task-scoped")


def turning() -> Axes:
    """In which draws task-scoped pays, over the miss rate."""
    return plots.turning(_sure(), "rbac-context", "task-scoped", over="misses")


def annual() -> Axes:
    """What a year may cost, with a band of sampling and a band of ignorance."""
    return plots.annual_exceedance(_sure())


def goals() -> Axes:
    """The chance of each goal of the incident under six grant policies."""
    return plots.goals_heatmap(simkit.compare(_incident("salesloft-drift"), entry_point="drift-aws"))


def resources() -> Axes:
    """What a poisoned ticket costs, resource by resource."""
    return plots.goals_heatmap(_poisoned_ticket(), rows="resources")


def pareto() -> Axes:
    """What each policy still loses to a poisoned ticket, against what it asks of people and machines."""
    return plots.pareto(_poisoned_ticket())


def race() -> Axes:
    """How long a leaked CI secret may live before it matters."""
    lifetime = next(curve for curve in _ablation().curves if curve.axis == "ttl")
    return plots.race(lifetime)


def waterfall() -> Axes:
    """What each dial buys against a leaked CI secret."""
    return plots.waterfall(_ablation())


def trend() -> Axes:
    """The starter through an invented year: a weaker policy at first, a slip, and a stronger policy."""
    text = (SCENARIOS / "starter.yaml").read_text("utf-8")
    was = "entitlements: [{operation: crm.*}]\n"
    slip = text.replace(was, "entitlements: [{operation: crm.*}, {operation: cloud.delete_database}]\n")
    tight = replace(simkit.loads(slip), policy="task-scoped")
    versions = (
        ("5d41402a", "2026-01-14", "the first draft", replace(simkit.loads(text), policy="rbac")),
        ("7d793037", "2026-03-02", "agents have sessions for tasks", simkit.loads(text)),
        ("a0b65939", "2026-05-20", "the backend cleans up", simkit.loads(slip)),
        ("e4da3b7f", "2026-09-07", "everybody has", tight),
    )
    commits = [(Commit(name, day, subject, "starter.yaml"), world) for name, day, subject, world in versions]
    return plots.trend(trend_over(commits, trials=300))


PICTURES: Mapping[str, Callable[[], Axes]] = {
    "annual.png": annual,
    "compare.png": compare,
    "exceedance.png": exceedance,
    "goals.png": goals,
    "graph.png": graph,
    "narrowings.png": narrowings,
    "over-time.png": over_time,
    "pareto.png": pareto,
    "path.png": path,
    "race.png": race,
    "ranking.png": ranking,
    "resources.png": resources,
    "tornado.png": tornado,
    "trend.png": trend,
    "turning.png": turning,
    "waterfall.png": waterfall,
}
SCREENSHOTS: Mapping[str, str] = {
    "jupyterlab.png": "SIMKIT_SCREENSHOT=docs/images/jupyterlab.png pytest -m browser tests/notebook",
}
"""Pictures that a test takes of a screen, and the command that makes each; letters differ from machine to machine."""
MADE_WITH = "made-with.txt"
"""The version of matplotlib that drew the pictures: another one smooths letters another way."""


@cache
def _poisoned_ticket() -> simkit.Comparison:
    return simkit.compare(simkit.load(SCENARIOS / "starter.yaml"), entry_point="poisoned-ticket")


@cache
def _ablation() -> simkit.Ablation:
    starter = simkit.load(SCENARIOS / "starter.yaml")
    return simkit.ablate(starter, "leaked-ci-secret", "rbac", "task-scoped", trials=200)


def report(browser: Browser, folder: Path) -> bytes:
    """The report on the incident in a browser, three steps into the attack."""
    file = folder / "report.html"
    file.write_text(simkit.report_on(_incident("salesloft-drift"), entry_point="drift-aws").html(), "utf-8")
    page = browser.new_page(viewport={"width": 1240, "height": 760}, reduced_motion="reduce", color_scheme="light")
    page.goto(file.as_uri())
    for _ in range(3):
        page.click("#next")
    page.mouse.move(0, 0)
    page.evaluate("document.getElementById('attack').scrollIntoView()")
    page.wait_for_timeout(500)  # the graph is painted on the next frames
    return page.screenshot()


PAGES: Mapping[str, Callable[[Browser, Path], bytes]] = {"report.png": report}
"""Pictures of pages, made in a browser with a folder to work in."""


def _incident(name: str) -> simkit.Scenario:
    return simkit.load(SCENARIOS / "incidents" / f"{name}.yaml")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    import matplotlib as mpl

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE, help="the folder to write to; default: this one")
    parser.add_argument("--browser", help="a Chromium, to make the pictures of pages too")
    given = parser.parse_args(arguments)
    mpl.use("agg")
    for name, picture in PICTURES.items():
        plots.save(picture(), given.out / name)
    (given.out / MADE_WITH).write_text(f"{mpl.__version__}\n", encoding="utf-8")
    if given.browser:
        _pages(given.browser, given.out)


def _pages(browser: str, folder: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as room:
        started = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        for name, page in PAGES.items():
            (folder / name).write_bytes(page(started, Path(room)))
        started.close()


if __name__ == "__main__":
    main()
