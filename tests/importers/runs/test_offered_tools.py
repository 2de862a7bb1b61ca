"""The tools that a span offers, in each form in which they are written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simkit.importers.recordings.offered_tools import Offer, offer
from simkit.importers.recordings.trace_span import TraceSpan

READ, PAY = ("", "read"), ("", "pay")


def said(**attributes: Any) -> Offer:
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    return offer(TraceSpan("1", "", "t", "chat", "demo", "desk", 1.0, 2.0, False, "", named))


PLAIN = [{"type": "function", "name": "read"}, {"type": "function", "name": "pay"}]
NESTED = [{"type": "function", "function": {"name": "read"}}, {"type": "function", "function": {"name": "pay"}}]
FORMS: dict[str, dict[str, Any]] = {
    "OpenTelemetry": {"gen_ai__tool__definitions": json.dumps(PLAIN)},
    "as a model is asked": {"gen_ai__tool__definitions": json.dumps(NESTED)},
    "a list of mappings": {"gen_ai__tool__definitions": PLAIN},
    "Strands Agents": {"gen_ai__agent__tools": '["read", "pay"]'},
    "Haystack": {
        "haystack__agent__tools": json.dumps([{"type": "Tool", "data": {"name": n}} for n in ("read", "pay")])
    },
    "Semantic Kernel": {"sk__available_functions": "read,pay"},
    "smolagents": {"smolagents__tools_names": ["read", "pay", "final_answer"]},
    "OpenInference": {f"llm__tools__{n}__tool__json_schema": json.dumps(each) for n, each in enumerate(NESTED)},
    "in two places": {"gen_ai__tool__definitions": json.dumps(PLAIN), "gen_ai__agent__tools": '["pay"]'},
}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_read(form: str) -> None:
    assert said(**FORMS[form]) == Offer((READ, PAY), whole=True)


def test_ways_to_hand_work_over_are_no_tools() -> None:
    names = ["transfer_to_billing", "handoff", "Delegate work to coworker", "read"]
    assert said(gen_ai__agent__tools=names).tools == (READ,)


def test_a_name_says_which_server_a_tool_is_of() -> None:
    assert said(gen_ai__agent__tools=["mcp__desk__read"]).tools == (("desk", "read"),)


@pytest.mark.parametrize("cut", [len(json.dumps(PLAIN)) - 2, len(json.dumps(PLAIN)) // 2 + 3])
def test_of_a_list_that_was_cut_what_is_left_is_read_and_the_rest_is_missed(cut: int) -> None:
    assert said(gen_ai__tool__definitions=json.dumps(PLAIN)[:cut]) == Offer((READ,), whole=False)


@pytest.mark.parametrize("odd", [7, None, True, "", "[[[[", '{"name": 7}', [[["read"]]], {"function": {"name": None}}])
def test_what_is_no_list_of_tools_offers_nothing(odd: Any) -> None:
    assert said(gen_ai__tool__definitions=odd).tools == ()


def test_a_span_that_offers_nothing_is_whole() -> None:
    assert said(gen_ai__tool__name="read") == Offer((), whole=True)
