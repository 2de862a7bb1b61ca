"""The view alone, in a browser, with a kernel that only remembers: large graphs and hostile names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import simkit
from simkit import notebook

pytest.importorskip("anywidget")

TRAITS = ("selected", "steps", "filled", "within", "told", "heading", "_elements", "_styles", "_legend")
PAGE = """<!doctype html><meta charset="utf-8"><style>%s</style><div id="out" style="width: 1100px"></div>
<script type="module">%s;
const state = %s;
const model = { get: name => state[name], set: (name, value) => { state[name] = value; }, save_changes() {},
                on() {}, off() {} };
render({ model, el: document.getElementById("out") });
window.state = state;
</script>"""
GRAPH = "document.getElementById('out').simkit"

pytestmark = pytest.mark.browser


def shown(browser: Any, drawn: Any, file: Path) -> Any:
    """A page with `drawn` alone on it, and no network."""
    state = json.dumps({name: getattr(drawn, name) for name in TRAITS}).replace("</", "<\\/")
    file.write_text(PAGE % (drawn._css, drawn._esm.replace("export default { render };", ""), state), "utf-8")
    page = browser.new_context(offline=True, viewport={"width": 1200, "height": 1000}).new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("dialog", lambda dialog: (page.complaints.append(dialog.message), dialog.dismiss()))
    page.goto(file.as_uri())
    page.wait_for_function("window.state && document.querySelector('.simkit-canvas canvas')")
    return page


def test_a_tall_graph_begins_legible_where_the_attack_starts_and_keys_move_through_it(
    browser: Any, tmp_path: Path
) -> None:
    page = shown(browser, notebook.graph(simkit.generate(10_000, 1)), tmp_path / "page.html")
    assert page.evaluate(f"{GRAPH}.zoom()") >= 0.5
    frame = page.locator(".simkit-canvas").bounding_box()
    start = page.evaluate(f"{GRAPH}.nodes('.attack')[0].renderedPosition()")
    assert 0 <= start["y"] <= frame["height"]
    page.locator(".simkit-canvas").focus()
    for key in ("ArrowDown", "ArrowRight", *["ArrowDown"] * 40):
        page.keyboard.press(key)
    place = page.evaluate(f"{GRAPH}.getElementById(state.selected).renderedPosition()")
    assert 0 <= place["y"] <= frame["height"]
    page.keyboard.press("0")
    whole = page.evaluate(f"{GRAPH}.elements().renderedBoundingBox({{ includeOverlays: false }})")
    assert whole["y1"] >= 0
    assert whole["y2"] <= frame["height"]
    assert page.complaints == []


def test_names_are_never_read_as_markup(browser: Any, tmp_path: Path) -> None:
    payload = "<img src=x onerror=alert(1)>"
    text = (Path(__file__).parents[2] / "scenarios" / "starter.yaml").read_text("utf-8")
    world = simkit.loads(
        text.replace("deploy-key", f"deploy-key{payload}").replace("name: starter", f"name: {payload}")
    )
    page = shown(browser, notebook.graph(world), tmp_path / "page.html")
    page.locator(".simkit-canvas").focus()
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    assert payload in page.locator(".simkit-bar").inner_text()
    assert page.locator("img").count() == 0
    assert page.complaints == []
