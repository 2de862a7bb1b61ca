"""`simkit notebook` in a browser: every cell runs, the graph is drawn, and a click reaches the kernel.

`SIMKIT_SCREENSHOT=FILE` says where the picture goes, as for `docs/images/jupyterlab.png`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab_server import jupyterlab

pytest.importorskip("jupytext")
nbconvert = pytest.importorskip("nbconvert")
pytest.importorskip("jupyterlab")

PATIENCE = 300_000
"""Milliseconds that a step may take on a machine with much other work."""
PANEL = "jupyterapp.shell.currentWidget"
CELLS = f"{PANEL}.content.widgets.filter(cell => cell.model.type === 'code').map(cell => cell.model.toJSON())"
GRAPH = "document.querySelector('.simkit-graph').parentElement.simkit"
CANVAS = "document.querySelector('.simkit-canvas')"
SHOWN = f"{GRAPH}.elements().renderedBoundingBox({{ includeOverlays: false }})"
FITS = f"{SHOWN}.x2 <= {CANVAS}.clientWidth && {SHOWN}.y2 <= {CANVAS}.clientHeight"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The notebook of `simkit notebook`, about the starter scenario, in JupyterLab, after all its cells have run."""
    folder, home = tmp_path_factory.mktemp("work"), tmp_path_factory.mktemp("home")
    command = [sys.executable, "-m", "simkit", "notebook", "--no-browser"]
    with jupyterlab(command, home, folder) as (address, token):
        opened = browser.new_page(viewport={"width": 1360, "height": 1000})
        opened.set_default_timeout(PATIENCE)
        opened.goto(f"{address}/lab/tree/starter.ipynb?token={token}")
        opened.wait_for_function(f"{PANEL}?.sessionContext?.session?.kernel?.status === 'idle'", polling=500)
        opened.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells').then(() => window.allRan = true)")
        opened.wait_for_function("window.allRan", polling=500)
        yield opened
        opened.close()


def ask_kernel(page: Any, expression: str) -> str:
    """What `expression` is in the kernel of the open notebook."""
    ask = f"""async expression => {{
        const asked = {PANEL}.sessionContext.session.kernel.requestExecute(
            {{ code: '', store_history: false, user_expressions: {{ answer: expression }} }});
        return (await asked.done).content.user_expressions.answer; }}"""
    answer = page.evaluate(ask, expression)
    assert answer["status"] == "ok", answer
    return str(answer["data"]["text/plain"])


def look_at_graph(page: Any) -> None:
    """Scroll to the graph, which takes its size when it comes into view; again, while cells above it find theirs."""
    there = f"({CANVAS}.scrollIntoView({{ block: 'center' }}), {GRAPH}.width() === {CANVAS}.clientWidth && {FITS})"
    page.wait_for_function(there, polling=500, timeout=60_000)


def test_every_cell_ran_and_none_failed(page: Any) -> None:
    cells = page.evaluate(CELLS)
    assert len(cells) >= 8
    assert all(cell["execution_count"] for cell in cells)
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert not [output for output in outputs if output["output_type"] == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]


def test_the_graph_is_drawn_and_fills_its_frame(page: Any) -> None:
    look_at_graph(page)
    page.wait_for_selector(".simkit-canvas canvas")
    assert page.evaluate(f"{GRAPH}.nodes().length") > 30
    shown = page.evaluate(SHOWN)
    assert shown["x1"] >= 0
    assert shown["y1"] >= 0
    assert shown["w"] > 0.8 * page.evaluate(f"{CANVAS}.clientWidth")


def test_a_click_on_a_box_reaches_the_kernel_and_keys_go_on_from_there(page: Any) -> None:
    look_at_graph(page)
    place = page.evaluate(f"{GRAPH}.getElementById('credential:deploy-key').renderedPosition()")
    page.locator(".simkit-canvas").click(position=place)
    assert ask_kernel(page, "world.selected") == "'credential:deploy-key'"
    assert "Credential(name='deploy-key'" in ask_kernel(page, "world.thing")
    assert "deploy-key" in page.locator(".simkit-status").inner_text()
    page.keyboard.press("ArrowRight")
    assert ask_kernel(page, "world.selected") == "'identity:deployer'"
    page.keyboard.press("Escape")
    assert ask_kernel(page, "world.selected") == "''"


def test_what_the_kernel_marks_is_shown(page: Any) -> None:
    assert page.evaluate(f"{GRAPH}.nodes('.path').length") >= 3
    assert page.evaluate(f"{GRAPH}.nodes('.reached').length") >= 3
    ask_kernel(page, "world.highlight(None)")
    page.wait_for_function(f"{GRAPH}.nodes('.path').length === 0")
    ask_kernel(page, "world.highlight(path)")
    page.wait_for_function(f"{GRAPH}.nodes('.path').length >= 3")
    ask_kernel(page, "setattr(world, 'selected', 'tool:cloud')")
    page.wait_for_function(f"{GRAPH}.nodes(':selected').id() === 'tool:cloud'")
    ask_kernel(page, "setattr(world, 'selected', '')")
    page.wait_for_function(f"{GRAPH}.nodes(':selected').length === 0")


def test_the_graph_fits_again_when_the_window_changes(page: Any) -> None:
    look_at_graph(page)
    before = page.evaluate(f"{GRAPH}.width()")
    try:
        page.set_viewport_size({"width": 1000, "height": 1000})
        page.wait_for_function(f"{GRAPH}.width() < {before} - 50 && {FITS}", polling=200, timeout=60_000)
    finally:
        page.set_viewport_size({"width": 1360, "height": 1000})
    page.wait_for_function(f"Math.abs({GRAPH}.width() - {before}) < 2", polling=200, timeout=60_000)


def test_a_bar_is_shown_while_work_takes_long_and_gone_afterwards(page: Any) -> None:
    work = """import time
from simkit.progress import steps
with notebook.progress('waiting'):
    for _ in steps(range(8)):
        time.sleep(0.3)"""
    run = f"""async code => {{
        const asked = {PANEL}.sessionContext.session.kernel.requestExecute({{ code, store_history: false }});
        const shown = [];
        asked.onIOPub = message => {{
            if (message.content.data) shown.push([message.header.msg_type, message.content.data['text/html']]); }};
        const reply = (await asked.done).content;
        return {{ status: reply.status, shown }}; }}"""
    answer = page.evaluate(run, work)
    assert answer["status"] == "ok"
    kinds = [kind for kind, _ in answer["shown"]]
    assert kinds[0] == "display_data"
    assert set(kinds[1:]) == {"update_display_data"}
    assert "<progress" in answer["shown"][0][1]
    assert answer["shown"][-1][1] == ""


def test_what_was_saved_exports_to_a_page_that_shows_the_graph_without_a_network(page: Any, tmp_path: Path) -> None:
    page.evaluate("jupyterapp.commands.execute('docmanager:save')")
    saved = page.evaluate(f"async () => JSON.stringify({PANEL}.context.model.toJSON())")
    source = tmp_path / "saved.ipynb"
    source.write_text(saved, "utf-8")
    text, _ = nbconvert.HTMLExporter().from_filename(str(source))
    (tmp_path / "saved.html").write_text(text, "utf-8")
    assert '"model_id"' not in text
    alone = page.context.browser.new_context(offline=True)
    try:
        opened = alone.new_page()
        opened.goto((tmp_path / "saved.html").as_uri(), wait_until="domcontentloaded")
        widths = opened.evaluate("[...document.querySelectorAll('.jp-OutputArea img')].map(img => img.naturalWidth)")
    finally:
        alone.close()
    pictures = [
        output for cell in page.evaluate(CELLS) for output in cell["outputs"] if "image/png" in output.get("data", {})
    ]
    assert len(widths) == len(pictures) >= 4
    assert min(widths) > 300


def test_a_screenshot_is_taken(page: Any, tmp_path: Path) -> None:
    file = Path(os.environ.get("SIMKIT_SCREENSHOT") or tmp_path / "jupyterlab.png")
    collapsed = "document.querySelector('#jp-left-stack').offsetParent === null"
    page.set_viewport_size({"width": 1120, "height": 800})
    try:
        if not page.evaluate(collapsed):
            page.evaluate("jupyterapp.commands.execute('application:toggle-left-area')")
        ask_kernel(page, "world.highlight(path)")
        look_at_graph(page)
        page.wait_for_timeout(1500)  # what is still moving comes to rest
        page.screenshot(path=file)
    finally:
        page.set_viewport_size({"width": 1360, "height": 1000})
    assert file.read_bytes().startswith(b"\x89PNG")


def test_a_dark_theme_gets_dark_boundaries(page: Any) -> None:
    boundary = f"{GRAPH}.nodes('[kind = \"boundary\"]').style('background-color')"
    light = page.evaluate(boundary)
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Dark' })")
    page.wait_for_function(f"{boundary} !== '{light}'")
    page.evaluate("jupyterapp.commands.execute('apputils:change-theme', { theme: 'JupyterLab Light' })")
    page.wait_for_function(f"{boundary} === '{light}'")
