"""The page: complete, the same each time, and nothing in it that a name could break."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hostile_names import world

import simkit
from simkit.diagram import cytoscape
from simkit.report.page import command, content_policy, for_script
from simkit.table import printable

HEADINGS = ("h1", "h2", "h3", "h4")
VOID = {"meta", "link", "br", "input", "img", "hr"}


class Read(HTMLParser):
    """What a browser would see: the tags with their attributes, the texts of scripts, headings, and all other text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.scripts: list[str] = []
        self.headings: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag in HEADINGS:
            self.headings.append((tag, ""))
        if tag == "script":
            self.scripts.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.open:
            self.scripts[-1] += data
        elif self.open and self.open[-1] in HEADINGS:
            tag, text = self.headings[-1]
            self.headings[-1] = (tag, text + data)
        if "script" not in self.open and "style" not in self.open:
            self.text.append(data)

    def attributes(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


@pytest.fixture(scope="module")
def read(page: str) -> Read:
    return Read(page)


@pytest.fixture(scope="module")
def hostile_page(hostile: simkit.Report) -> str:
    return hostile.html()


def test_the_page_says_what_is_lost_what_would_save_it_and_what_to_do_first(read: Read, report: simkit.Report) -> None:
    text = " ".join(" ".join(read.text).split())
    assert report.summary in text
    assert "If desk-key leaks, 50 of value is lost on average [50, 50] under rbac, the policy in force" in text
    assert "ours would save 50 of it [50, 50], at the cost of" in text
    assert text.count("Nothing is lost under ours: check what the scenario leaves out.") == 1
    assert "first to narrow: drop crm.read on cases from role clerk" in text


def test_the_page_has_every_section_and_headings_in_order(read: Read) -> None:
    named = [text for tag, text in read.headings if tag == "h2"]
    assert named == [
        "In one sentence",
        "Policies side by side",
        "The attack, step by step",
        "How fast, and how bad",
        "What to narrow first",
        "Standards",
        "What this rests on",
    ]
    levels = [int(tag[1]) for tag, _ in read.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_table_has_a_caption_and_every_link_in_the_page_a_target(read: Read) -> None:
    tags = [tag for tag, _ in read.tags]
    assert tags.count("table") == tags.count("caption") > 10
    ids = read.attributes("id")
    assert len(ids) == len(set(ids))
    inside = {href[1:] for href in (*read.attributes("href"), *read.attributes("xlink:href")) if href.startswith("#")}
    assert inside <= set(ids)
    labelled = {word for value in read.attributes("aria-labelledby") for word in value.split()}
    assert labelled <= set(ids)


def test_the_same_report_gives_the_same_bytes_whatever_the_threads_and_the_folder(page: str) -> None:
    again = simkit.report_on(
        simkit.loads(world(str), "elsewhere/help-desk.json"), entry_point="leaked-key", trials=60, seed=3, threads=2
    )
    assert again.html() == page


def test_the_page_shows_the_command_that_makes_it_again(report: simkit.Report) -> None:
    assert command(report) == (
        "simkit report help-desk.json --entry-point leaked-key --policy rbac --policies static-secrets,rbac,ours "
        "--trials 60 --seed 3 --out report.html"
    )


def test_provenance_stands_in_the_page(read: Read, report: simkit.Report) -> None:
    text = " ".join(read.text)
    for value in report.in_force.provenance.to_dict().values():
        assert str(value) in text


def test_the_page_refers_to_nothing_outside_itself(page: str, read: Read) -> None:
    outside = [url for name in ("src", "href", "srcset", "action", "data", "poster") for url in read.attributes(name)]
    assert {url for url in outside if not url.startswith(("#", "data:"))} == {"https://example.org/a"}
    style = page[page.index("<style>") : page.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style


def test_the_policy_allows_the_two_scripts_of_the_page_by_their_digests_and_nothing_else(read: Read) -> None:
    (policy,) = [a["content"] for tag, a in read.tags if a.get("http-equiv") == "Content-Security-Policy"]
    data, *scripts = read.scripts
    assert policy == content_policy(*scripts)
    assert len(scripts) == 2
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy
    assert scripts[0] == cytoscape.source()
    assert json.loads(data)["policies"][1]["name"] == "rbac"


def test_the_page_has_a_bearable_size(page: str) -> None:
    assert 0.4e6 < len(page.encode()) < 1.5e6


def test_the_graph_knows_what_each_policy_lets_an_attacker_reach(read: Read) -> None:
    data = json.loads(read.scripts[0])
    labels = {e["data"]["id"]: e["data"].get("label", "") for e in data["elements"]}
    reach = {p["name"]: {labels[box]: state for box, (state, _) in p["reach"].items()} for p in data["policies"]}
    assert {name for name, state in reach["rbac"].items() if state == "reached"} == {
        *("desk-key", "bill-key", "desk", "biller", "crm", "pay", "cases", "ledger"),
    }
    assert reach["ours"]["cases"] == "out"
    assert reach["ours"]["desk"] == "reached"
    assert data["inForce"] == 1


def test_a_path_lights_up_the_boxes_and_lines_of_each_step(read: Read) -> None:
    data = json.loads(read.scripts[0])
    labels = {e["data"]["id"]: e["data"].get("label", "") for e in data["elements"]}
    ends = {
        e["data"]["id"]: (labels[e["data"]["source"]], labels[e["data"]["target"]])
        for e in data["elements"]
        if "source" in e["data"]
    }
    path = next(p for p in data["policies"][1]["paths"] if p["title"].startswith("ledger-changed"))
    lit = [{labels[box] for box in step["boxes"]} for step in path["steps"]]
    lines = [{ends[line] for line in step["lines"]} for step in path["steps"]]
    assert lit[0] == {"desk-key"}
    assert {"crm", "cases", "desk", "bill-key"} in lit
    assert {("desk", "crm"), ("crm", "cases"), ("cases", "bill-key")} in lines
    assert {("bill-key", "biller")} in lines
    assert lit[-1] == {"ledger"}
    assert path["steps"][-2]["gap"] == "+2 h"


def test_a_hostile_name_makes_no_tag_no_attribute_and_no_script(page: str, hostile_page: str) -> None:
    mild, wild = Read(page), Read(hostile_page)
    assert {tag for tag, _ in wild.tags} <= {tag for tag, _ in mild.tags}
    assert {name for _, a in wild.tags for name in a} <= {name for _, a in mild.tags for name in a}
    assert len(wild.scripts) == len(mild.scripts) == 3
    assert wild.scripts[1:] == mild.scripts[1:]
    assert not [url for url in wild.attributes("href") if url.lower().startswith("javascript")]
    json.loads(wild.scripts[0])
    for char in "<>&\u2028\u2029":
        assert char not in wild.scripts[0]


def test_hostile_names_are_shown_as_they_are_but_for_what_reorders_text(
    hostile_page: str, hostile_names: Mapping[str, str]
) -> None:
    text = "".join(Read(hostile_page).text)
    for word in ("help-desk", "desk", "cases", "desk-key", "ours", "tickets", "crm", "ledger-changed"):
        assert printable(hostile_names[word]) in text
    assert not set("\u202e\u2066\u200f\u2028") & set(hostile_page)
    assert "1337" not in text, "a template ran"


@pytest.mark.parametrize("text", ["</script>", "<!--", "]]>", "a\u2028b", "\ud83d\ude00", '"\\'])
def test_data_in_a_script_is_json_without_markup(text: str) -> None:
    written = for_script({"name": text})
    assert json.loads(written) == {"name": text}
    assert not re.search("[<>&\u2028\u2029]", written)


@pytest.fixture(scope="module")
def quick(report: simkit.Report) -> simkit.Report:
    return simkit.report_on(report.scenario, entry_point="leaked-key", trials=60, seed=3, quick=True)


def test_a_quick_report_says_the_same_without_what_to_narrow(report: simkit.Report, quick: simkit.Report) -> None:
    read = Read(quick.html())
    assert "What to narrow first" not in [text for _, text in read.headings]
    assert report.findings.parts[:2] == quick.findings.parts
    assert quick.in_force.table() == report.in_force.table()
    assert "--quick" in command(quick)
    assert len(quick.tables()) < len(report.tables())
    inside = {href[1:] for href in read.attributes("href") if href.startswith("#")}
    assert inside <= set(read.attributes("id"))


def test_a_quick_report_has_no_plan_for_a_goal(report: simkit.Report) -> None:
    with pytest.raises(simkit.QuestionError, match="leave out the goal"):
        simkit.report_on(report.scenario, entry_point="leaked-key", goal="cases-leaked", quick=True)


def test_many_things_share_boxes_and_the_page_says_so() -> None:
    many = json.loads(world(str))
    many["resources"] |= {f"store-{number}": {} for number in range(1000)}
    report = simkit.report_on(simkit.loads(json.dumps(many)), entry_point="leaked-key", trials=10, quick=True)
    read = Read(report.html())
    assert "1,009 things of the model in 10 boxes: alike things" in " ".join(" ".join(read.text).split())
    data = json.loads(read.scripts[0])
    box = next(e["data"] for e in data["elements"] if e["data"].get("count") == 1000)
    assert box["label"] == "1,000 × data-store"
    assert data["details"][box["id"]][0] == ["what", "1,000 alike: data-store"]
