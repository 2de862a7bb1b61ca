"""The tools that a span offers, in each form in which they are written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simkit.importers.recordings.offered_tools import Offer, offer, offers
from simkit.importers.recordings.trace_span import TraceSpan

READ, PAY = ("", "read"), ("", "pay")


def span(**attributes: Any) -> TraceSpan:
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    return TraceSpan("1", "", "t", "chat", "demo", "desk", 1.0, 2.0, False, "", named)


def said(**attributes: Any) -> Offer:
    return offer(span(**attributes))


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
    assert said(gen_ai__agent__tools=names) == Offer((READ,), whole=True, takers=("billing", ""))


def chosen(name: str, of: str, schema: str = "parameters", **more: Any) -> str:
    asked = {"type": "object", "properties": {of: {"type": "string", "enum": ["billing", "Back Office"]}}}
    return json.dumps([{"name": name, schema: {"json": asked} if schema == "inputSchema" else asked, **more}])


TO_WHOM: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "by its name": ({"gen_ai__agent__tools": ["handoff_to_billing"]}, ("billing",)),
    "of a plugin": ({"sk__available_functions": "desk-read,Handoff-transfer_to_billing"}, ("billing",)),
    "a choice": (
        {"gen_ai__tool__definitions": chosen("transfer_to_agent", "agent_name")},
        ("billing", "Back Office"),
    ),
    "a choice, as Bedrock has it": (
        {"gen_ai__tool__definitions": chosen("handoff_to_agent", "agent_name", "inputSchema")},
        ("billing", "Back Office"),
    ),
    "not told": ({"gen_ai__agent__tools": ["delegate_task_to_member"]}, ("",)),
    "LlamaIndex": (
        {
            "gen_ai__tool__definitions": json.dumps(
                [{"name": "handoff", "description": "...\nCurrently available agents:\n{'billing': 'it\\'s {paid}'}\n"}]
            )
        },
        ("billing",),
    ),
    "CrewAI": (
        {
            "gen_ai__tool__definitions": json.dumps(
                [
                    {
                        "name": "ask_question_to_coworker",
                        "description": "... to one of the following coworkers: billing, Back Office\nThe",
                    }
                ]
            )
        },
        ("billing", "Back Office"),
    ),
    "the OpenAI Agents SDK": ({"gen_ai__agent__handoffs": ["billing"]}, ("billing",)),
    "Traceloop": ({"openai__agent__handoffs": '[{"name": "unknown"}, {"name": "billing"}]'}, ("", "billing")),
    "smolagents": ({"smolagents__managed_agents__0__name": "billing"}, ("billing",)),
    "a person": ({"gen_ai__agent__tools": ["handoff_to_user"]}, ()),
}


@pytest.mark.parametrize("form", TO_WHOM)
def test_to_whom_work_may_be_handed_is_read_where_it_stands(form: str) -> None:
    attributes, takers = TO_WHOM[form]
    assert said(**attributes).takers == takers


@pytest.mark.parametrize("odd", [7, None, "", "{", {"properties": 7}, {"properties": {"agent_name": {"enum": [7]}}}])
def test_what_does_not_say_to_whom_is_missed(odd: Any) -> None:
    tool = {"name": "transfer_to_agent", "parameters": odd, "description": odd}
    assert said(gen_ai__tool__definitions=[tool]).takers == ("",)


MEMBERS = [
    {"role": "Triage ", "delegation_enabled": True, "tools_names": ["read"]},
    {"role": "billing", "delegation_enabled": False, "tools_names": []},
    {"role": None},
]


def test_each_member_of_a_crew_has_its_tools_and_those_of_its_tasks() -> None:
    tasks = [{"agent_role": "billing", "tools_names": ["pay"]}, {"agent_role": "None", "tools_names": ["odd"]}, 7]
    _, *found = offers(span(crew_agents=json.dumps(MEMBERS), crew_tasks=json.dumps(tasks)))
    assert found == [
        ("Triage", Offer((READ,), True, ("billing",))),
        ("billing", Offer((), True)),
        ("billing", Offer((PAY,), True)),
    ]


@pytest.mark.parametrize("odd", [7, None, "", "{}", '[{"role": 7}]', [[]]])
def test_what_is_no_crew_offers_nothing(odd: Any) -> None:
    assert all(each == Offer((), whole) for _, each in offers(span(crew_agents=odd)) for whole in (each.whole,))


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
