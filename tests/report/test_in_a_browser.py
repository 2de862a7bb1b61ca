"""The page as people use it: in a real browser, by mouse and by keyboard, wide and narrow, light, dark and on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import simkit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

Written = Callable[[str], str]
NODES = "document.getElementById('graph')._cyreg.cy.nodes().toArray()"
"""The boxes of the graph, as the page's script sees them: Cytoscape.js keeps itself on its element."""


@dataclass
class Opened:
    """A page with everything that it asked for and said since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Browser, url: str, **context: Any) -> Iterator[Opened]:
    """The page at `url`. In the end it must have asked for itself alone, and its console must be silent."""
    made = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
    made.set_default_timeout(30000)
    found = Opened(made.new_page())
    found.page.on("request", lambda request: found.requests.append(request.url))
    found.page.on("console", lambda message: found.said.append(message.text))
    found.page.on("pageerror", lambda error: found.said.append(str(error)))
    found.page.on("dialog", lambda dialog: found.said.append(dialog.message))
    found.page.add_init_script("addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))")
    try:
        found.page.goto(url)
        found.page.locator("body.live").wait_for()
        yield found
        assert [asked for asked in found.requests if not asked.startswith("data:")] == [url]
        assert found.said == []
    finally:
        made.close()


def test_the_page_asks_for_nothing_and_its_console_is_silent(browser: Browser, page: str, written: Written) -> None:
    with opened(browser, written(page)) as found:
        assert found.page.title() == "help-desk: blast radius through leaked-key"
        assert found.page.locator("#graph canvas").count() == 3
        assert not found.page.locator(".still").is_visible()


def test_what_the_policy_forbids_does_not_run(browser: Browser, page: str, written: Written) -> None:
    """The test of the test: the listener hears a violation, and the policy stops a script that is not the page's."""
    url = written(page.replace("</main>", "</main><script>window.pwned = 1</script>"))
    made = browser.new_page()
    heard: list[str] = []
    made.on("console", lambda message: heard.append(message.text))
    made.goto(url)
    assert made.evaluate("window.pwned") is None
    assert any("Content Security Policy" in text for text in heard)
    made.close()


def test_a_policy_filters_the_graph(browser: Browser, page: str, written: Written) -> None:
    with opened(browser, written(page)) as found:
        chosen = found.page.locator("#filter input:checked")
        assert chosen.evaluate("radio => radio.parentElement.textContent") == "rbac (in force)"
        assert "ledger-changed" in found.page.locator("#path").inner_text()
        found.page.get_by_role("radio", name="ours").check()
        assert found.page.locator("#path option").count() == 0
        assert found.page.locator("#said").inner_text() == "No attack path was taken under ours."
        assert found.page.locator("#next").is_disabled()
        found.page.get_by_role("radio", name="static-secrets").check()
        assert found.page.locator("#path option").count() > 0
        assert found.page.locator("#next").is_enabled()


def marked(found: Opened, name: str) -> set[str]:
    """The labels of the boxes that carry the class `name`."""
    return set(found.page.evaluate(f"{NODES}.filter(n => n.hasClass('{name}')).map(n => n.data('label'))"))


def test_the_boxes_show_how_far_the_attack_gets_and_where_the_walk_is(
    browser: Browser, page: str, written: Written
) -> None:
    everything = {"desk-key", "bill-key", "desk", "biller", "crm", "pay", "cases", "ledger"}
    with opened(browser, written(page)) as found:
        assert marked(found, "reached") == everything
        found.page.get_by_role("radio", name="ours").check()
        assert {"cases", "ledger", "pay", "biller", "bill-key"} <= marked(found, "dim")
        found.page.get_by_role("radio", name="rbac (in force)").check()
        found.page.click("#next")
        assert marked(found, "now") == {"desk-key"}
        found.page.locator("#steps button").last.click()
        assert marked(found, "now") == {"cases"}
        assert {"desk-key", "desk", "crm", "cases"} <= marked(found, "path")
        assert "ledger" in marked(found, "dim")


CROSSED = """() => {
  const cy = document.getElementById('graph')._cyreg.cy, found = [];
  const boxes = cy.nodes().filter(n => !n.isParent() && n.visible()).toArray();
  for (const edge of cy.edges(':visible').toArray()) {
    const bends = edge.segmentPoints() || edge.controlPoints() || [];
    const stops = [edge.sourceEndpoint(), ...bends, edge.targetEndpoint()];
    for (let at = 1; at < stops.length; at++) for (let part = 0; part <= 60; part++) {
      const x = stops[at - 1].x + (stops[at].x - stops[at - 1].x) * part / 60;
      const y = stops[at - 1].y + (stops[at].y - stops[at - 1].y) * part / 60;
      for (const box of boxes) {
        const place = box.position();
        if (Math.abs(x - place.x) < 84 && Math.abs(y - place.y) < 10) found.push([edge.id(), box.data('label')]);
      }
    }
  }
  return found;
}"""
"""Lines that run through a box, and its name; of a curve the corners are followed, which lie further out."""


@pytest.fixture(scope="module")
def of_starter() -> str:
    starter = simkit.load(Path(__file__).parents[2] / "scenarios" / "starter.yaml")
    asked = {"policies": ["rbac", "zero-standing"], "entry_point": "leaked-ci-secret", "trials": 20, "quick": True}
    return simkit.report_on(starter, "rbac", **asked).html()


def test_no_line_runs_through_a_name_with_all_boxes_and_with_some(
    browser: Browser, of_starter: str, written: Written
) -> None:
    with opened(browser, written(of_starter)) as found:
        assert found.page.evaluate(CROSSED) == []
        found.page.get_by_label("only what the attack can reach").check()
        assert found.page.evaluate(CROSSED) == []


def test_where_other_attacks_start_is_marked_whatever_is_reached(
    browser: Browser, of_starter: str, written: Written
) -> None:
    signs = f"{NODES}.map(n => n.data('shown')).filter(name => /^[\u25b6\u25b7]/.test(name)).sort()"
    with opened(browser, written(of_starter)) as found:
        assert found.page.evaluate(signs) == ["\u25b6 deploy-key", "\u25b7 old-chatbot-key", "\u25b7 tickets"]
        found.page.get_by_role("radio", name="zero-standing").check()
        seen = f"{NODES}.filter(n => n.hasClass('other')).map(n => n.style('border-opacity') > 0.8)"
        assert found.page.evaluate(seen) == [True, True]
        found.page.get_by_role("button", name="tickets", exact=True).click()
        assert "another attack starts here" in found.page.locator("#thing").inner_text()


@pytest.mark.parametrize(("width", "hinted"), [(400, True), (1440, False)])
def test_what_goes_on_beyond_its_frame_says_so(
    browser: Browser, of_starter: str, written: Written, width: int, hinted: bool
) -> None:
    with opened(browser, written(of_starter), viewport={"width": width, "height": 900}) as found:
        found.page.wait_for_timeout(300)
        assert found.page.locator("#partly").is_visible() == hinted
        wide = "e => [e.scrollWidth > e.clientWidth + 1, e.previousElementSibling.hidden]"
        told = [each.evaluate(wide) for each in found.page.locator(".wide:visible").all()]
        assert all(over != hidden for over, hidden in told), "a hint stands over what must be scrolled, and only there"
        assert any(over for over, _ in told) == hinted
        if hinted:
            found.page.click("#fit")
            found.page.wait_for_timeout(500)
            assert not found.page.locator("#partly").is_visible()


def test_what_is_out_of_reach_can_be_left_out(browser: Browser, page: str, written: Written) -> None:
    shown = f"{NODES}.filter(n => n.visible() && n.data('kind') !== 'boundary').map(n => n.data('label'))"
    with opened(browser, written(page)) as found:
        assert len(found.page.evaluate(shown)) == 9
        found.page.get_by_role("radio", name="ours").check()
        found.page.get_by_label("only what the attack can reach").check()
        left = found.page.evaluate(shown)
        assert "desk-key" in left
        assert not {"cases", "ledger", "pay", "biller", "bill-key"} & set(left)
        found.page.get_by_role("button", name="ledger", exact=True).click()
        assert "ledger" in found.page.evaluate(shown), "a name that is asked for is shown"


def test_a_path_is_walked_by_mouse(browser: Browser, page: str, written: Written) -> None:
    with opened(browser, written(page)) as found:
        steps, said = found.page.locator("#steps button"), found.page.locator("#said")
        count = steps.count()
        assert count >= 4
        assert found.page.locator("#previous").is_disabled()
        found.page.click("#next")
        assert said.inner_text() == f"Step 1 of {count}, after 0 s: leaked desk-key"
        found.page.click("#next")
        found.page.click("#previous")
        assert said.inner_text().startswith("Step 1 of")
        steps.last.click()
        assert said.inner_text().startswith(f"Step {count} of {count}")
        assert found.page.locator("#next").is_disabled()
        assert found.page.locator("[aria-current=step]").count() == 1
        found.page.click("#whole")
        assert said.inner_text() == ""


def test_a_path_plays_by_itself_until_its_end(browser: Browser, page: str, written: Written) -> None:
    with opened(browser, written(page)) as found:
        count = found.page.locator("#steps button").count()
        found.page.clock.install()
        found.page.click("#play")
        assert found.page.locator("#play").inner_text() == "Pause"
        found.page.clock.run_for(1900)
        assert found.page.locator("#said").inner_text().startswith("Step 2 of")
        found.page.clock.run_for(1900 * count)
        assert found.page.locator("#said").inner_text().startswith(f"Step {count} of {count}")
        assert found.page.locator("#play").inner_text() == "Play"


def test_everything_is_reached_by_keyboard_alone(browser: Browser, page: str, written: Written) -> None:
    with opened(browser, written(page)) as found:
        press, focus = found.page.keyboard.press, "document.activeElement"
        press("Tab")
        assert found.page.evaluate(f"{focus}.textContent") == "Skip to the report"
        press("Enter")
        assert found.page.evaluate(f"{focus}.id") == "main"
        seen = []
        for _ in range(60):
            press("Tab")
            seen.append(found.page.evaluate(f"{focus}.id || {focus}.name || {focus}.tagName"))
            outline = f"getComputedStyle({focus}.name === 'policy' ? {focus}.parentElement : {focus}).outlineStyle"
            assert found.page.evaluate(outline) == "solid", f"no focus is seen on {seen[-1]}"
            if seen[-1] == "policy":
                press("ArrowLeft")
                press("ArrowRight")
            if found.page.evaluate(f"{focus}.closest('#steps') !== null"):
                break
        order = ["policy", "zoom-in", "zoom-out", "fit", "path", "play", "next"]
        assert [name for name in dict.fromkeys(seen) if name in order] == order
        press("ArrowDown")
        press("ArrowDown")
        assert found.page.locator("#said").inner_text().startswith("Step 3 of")
        press("End")
        press("Home")
        assert found.page.locator("#said").inner_text().startswith("Step 1 of")
        press("Escape")
        assert found.page.locator("#said").inner_text() == ""


def test_pointing_at_a_box_and_choosing_a_name_show_what_it_is(browser: Browser, page: str, written: Written) -> None:
    with opened(browser, written(page), reduced_motion="reduce") as found:
        found.page.get_by_role("button", name="desk-key", exact=True).click()
        thing = found.page.locator("#thing").inner_text()
        assert "reached in 100 % of trials" in thing
        assert "authenticates\ndesk" in thing
        assert "this attack starts here" in thing
        found.page.evaluate("document.getElementById('graph').scrollIntoView({block: 'center', behavior: 'instant'})")
        at = found.page.locator("#graph").bounding_box()
        place = found.page.evaluate(f"{NODES}.filter(n => n.data('label') === 'cases')[0].renderedPosition()")
        assert at is not None
        found.page.mouse.move(at["x"] + place["x"], at["y"] + place["y"])
        found.page.locator("#tip").wait_for(state="visible")
        assert "confidentiality 10" in found.page.locator("#tip").inner_text()
        assert "desk-key" in found.page.locator("#thing").inner_text(), "what was chosen stays"
        found.page.mouse.move(at["x"] - 9, at["y"] - 9)
        found.page.locator("#tip").wait_for(state="hidden")


@pytest.mark.parametrize("width", [400, 768, 1400])
@pytest.mark.parametrize("which", ["mild", "wild"])
def test_nothing_sticks_out_at_any_width(
    browser: Browser, page: str, hostile: simkit.Report, written: Written, width: int, which: str
) -> None:
    html = page if which == "mild" else hostile.html()
    with opened(browser, written(html), viewport={"width": width, "height": 800}) as found:
        found.page.wait_for_timeout(200)
        assert found.page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_hostile_scenario_runs_nothing(browser: Browser, hostile: simkit.Report, written: Written) -> None:
    with opened(browser, written(hostile.html())) as found:
        for radio in found.page.locator("#filter input").all():
            radio.check()
            if found.page.locator("#next").is_enabled():
                found.page.click("#next")
        for button in found.page.locator("#things button").all():
            button.click()
        found.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert found.page.evaluate("window.pwned") is None
        assert found.page.locator("iframe, img, svg[onload], [onerror], [onmouseover]").count() == 0
        assert found.page.locator("script").count() == 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 1280])
def test_axe_finds_nothing_serious(browser: Browser, page: str, written: Written, scheme: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    size = {"width": width, "height": 900}
    with opened(browser, written(page), color_scheme=scheme, viewport=size, reduced_motion="reduce") as found:
        found.page.click("#next")
        found.page.click("#next")
        found.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        found_by_axe = Axe().run(found.page).response["violations"]
        serious = [
            (violation["id"], [node["html"][:120] for node in violation["nodes"]][:3])
            for violation in found_by_axe
            if violation["impact"] in ("serious", "critical")
        ]
        assert serious == []


def test_without_scripts_the_page_still_tells_everything(browser: Browser, page: str, written: Written) -> None:
    made = browser.new_context(java_script_enabled=False)
    opened_page = made.new_page()
    opened_page.goto(written(page))
    assert opened_page.locator(".still svg").is_visible()
    assert not opened_page.locator("#walk").is_visible()
    assert opened_page.locator("#things").is_visible()
    made.close()


def test_on_paper_the_picture_stands_in_for_the_walk(
    browser: Browser, page: str, written: Written, tmp_path: Path
) -> None:
    with opened(browser, written(page), color_scheme="dark") as found:
        found.page.emulate_media(media="print")
        assert found.page.locator(".still svg").is_visible()
        assert not found.page.locator("#walk").is_visible()
        assert not found.page.locator("nav").is_visible()
        ink = "getComputedStyle(document.body).color"
        assert found.page.evaluate(ink) == "rgb(26, 26, 26)"
        found.page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
        assert (tmp_path / "report.pdf").stat().st_size > 20_000
