"""The site in headless Chromium, wide and narrow: nothing in the console, nothing from elsewhere, nothing cut off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

PAGES = (
    "index",
    "tutorial",
    "semantics",
    "validation",
    "pictures",
    "report",
    "notebooks",
    "performance",
    "scenario-format",
    "reference/commands",
    "reference/questions",
)
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BROKEN = "[...document.images].filter(image => !image.naturalWidth).map(image => image.src)"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and does not say so."""

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[1200, 400], ids=["wide", "narrow"])
def seen(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """A page that remembers what went wrong in `troubles`."""
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    page = context.new_page()
    page.troubles = []
    page.on("console", lambda message: page.troubles.append(message.text))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith((address, "data:")) or page.troubles.append(asked.url))
    page.on("response", lambda came: came.status < 400 or page.troubles.append(f"{came.status} {came.url}"))
    yield page
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole(seen: Any, address: str, name: str, tmp_path: Path) -> None:
    seen.goto(f"{address}{name}.html", wait_until="load")
    assert seen.locator("h1").first.inner_text()
    assert seen.evaluate(OVERFLOW) == 0, "the page is wider than the screen"
    assert seen.evaluate(BROKEN) == []
    seen.screenshot(path=tmp_path / "page.png", full_page=True)
    assert seen.troubles == []


def test_the_search_finds_a_rule(seen: Any, address: str) -> None:
    seen.goto(f"{address}index.html", wait_until="load")
    if seen.viewport_size["width"] < 600:
        seen.locator("label.md-header__button[for=__search]").click()
    seen.locator(".md-search__input").press_sequentially("exfiltrate")
    found = seen.locator(".md-search-result__item a").first
    found.wait_for(state="visible")
    assert "semantics.html" in {
        str(link).split("/")[-1].split("?")[0].split("#")[0]
        for link in seen.locator(".md-search-result__item a").evaluate_all("links => links.map(link => link.href)")
    }
    assert seen.troubles == []
