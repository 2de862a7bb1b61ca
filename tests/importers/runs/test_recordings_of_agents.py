"""One made-up job, recorded by fourteen frameworks: each recording is read as it happened, or says what it cannot tell.

The job: `triage` reads two tickets at once, looks up an order (the tool raises), wants to refund 500 (refused), and
hands over to `billing`, which refunds 5. What differs in a framework stands in its row. The recordings were made
offline in November 2026 with a scripted model and made-up data; they lie in `tests/data/otlp`.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from simkit.importers.recordings.recorded import Recording
from simkit.importers.recordings.recordings import recordings
from simkit.importers.source_file import SourceFile

FOLDER = Path(__file__).parents[2] / "data" / "otlp"
NAMES = sorted(path.name.removesuffix(".json.gz") for path in FOLDER.glob("*.json.gz"))
Seen = tuple[str, str, str]
"""Agent, tool, outcome."""

READS: tuple[Seen, ...] = (("triage", "read_ticket", "done"), ("triage", "read_ticket", "done"))
FAILS: Seen = ("triage", "lookup_order", "failed")
DENIED: Seen = ("triage", "refund", "denied")
RAISED: Seen = ("triage", "refund", "failed")
"""Where nothing asks first the tool ran and raised a PermissionError: the right was used."""
WAITS: Seen = ("triage", "refund", "pending")
PAID: Seen = ("billing", "refund", "done")
HANDED = frozenset({("triage", "billing")})


@dataclass(frozen=True)
class Told:
    """What a recording is read as, and what it cannot tell."""

    calls: tuple[Seen, ...]
    untold: frozenset[str] = frozenset()
    handed: frozenset[tuple[str, str]] = HANDED


def row(*calls: Seen, untold: str = "", handed: Iterable[tuple[str, str]] = HANDED) -> Told:
    return Told((*READS, FAILS, *calls), frozenset(untold.split()), frozenset(handed))


def without_names(*calls: Seen) -> tuple[Seen, ...]:
    return tuple(("", tool, outcome) for _, tool, outcome in calls)


MCP = (RAISED, ("triage", "refund", "done"))
CLAUDE = ("claude-code",)
CODER = tuple(("claude-code", tool, outcome) for _, tool, outcome in (*READS, FAILS, DENIED))
ROWS: dict[str, Told] = {
    "autogen__native": row(RAISED, PAID, untold="offers arguments denials threads"),
    "claude-code__native-logs": Told(
        tuple(("claude-code", "mcp_tool", outcome) for _, _, outcome in CODER),
        frozenset({"names", "arguments"}),
        frozenset(),
    ),
    "claude-code__native-logs__details": Told(CODER, handed=frozenset()),
    "claude-code__native-spans": Told(CODER, frozenset({"offers", "arguments"}), frozenset()),
    "claude-code__native-spans__details": Told(CODER, frozenset({"offers", "arguments"}), frozenset()),
    "crewai__openinference": row(PAID, untold="denials"),
    "crewai__traceloop": Told((), frozenset({"calls", "denials"})),
    "fastmcp__native": row(*MCP, untold="arguments denials", handed=()),
    "google-adk__native": row(
        ("triage", "refund", "unknown"), PAID, untold="arguments denials handovers outcomes", handed=()
    ),
    "google-adk__native__capture": row(DENIED, PAID),
    "haystack__native__content": Told(
        without_names(*READS, FAILS, DENIED, PAID), frozenset({"agents", "handovers"}), frozenset()
    ),
    "langgraph__openinference": row(DENIED, PAID),
    "langgraph__traceloop": row(DENIED, PAID),
    "llamaindex__openinference": row(("triage", "refund", "done"), PAID),
    "mcp1x__traceloop_client": row(*MCP, ("triage", "nope", "failed"), untold="offers denials", handed=()),
    "mcp1x__traceloop_server": Told((), frozenset({"calls", "denials"}), frozenset()),
    "mcp2x__native_client": Told(
        tuple((who, tool, "unknown") for who, tool, _ in (*READS, FAILS, *MCP, ("triage", "nope", ""))),
        frozenset({"offers", "arguments", "denials", "outcomes"}),
        frozenset(),
    ),
    "ms-agent-framework__native__sensitive": row(DENIED, PAID, ("payer", "refund", "done"), untold="threads"),
    "openai-agents__openinference": row(WAITS, untold="offers resumes", handed=()),
    "openai-agents__otel-genai-v2": row(WAITS, PAID, untold="offers resumes threads"),
    "openai-agents__otel-genai-v2__as_tool": row(WAITS, PAID, untold="offers resumes threads"),
    "openai-agents__sdk-export": row(DENIED, PAID),
    "openai-agents__traceloop": row(WAITS, PAID, untold="offers handovers resumes threads", handed=()),
    "pydantic-ai__native": row(DENIED, PAID, ("triage", "refund", "done"), untold="offers"),
    "pydantic-ai__native_v2": row(DENIED, PAID, ("triage", "refund", "done"), untold="offers"),
    "smolagents__openinference": row(RAISED, PAID),
    "strands__native__genai_latest": row(DENIED, PAID, ("payer", "refund", "done"), untold="threads"),
}
CHOICE = frozenset({"read_ticket", "lookup_order", "refund"})
PAYS = frozenset({"refund"})
TWO: dict[str, frozenset[str]] = {"triage": CHOICE, "billing": PAYS}
OFFERED: dict[str, dict[str, frozenset[str]]] = {
    "crewai__openinference": TWO,
    "crewai__traceloop": TWO,
    "google-adk__native": TWO,
    "google-adk__native__capture": TWO,
    "langgraph__openinference": TWO,
    "langgraph__traceloop": TWO,
    "llamaindex__openinference": TWO,
    "ms-agent-framework__native__sensitive": {**TWO, "payer": PAYS},
    "openai-agents__openinference": {"triage": CHOICE},
    "openai-agents__sdk-export": TWO,
    "openai-agents__traceloop": {**TWO, "triage": CHOICE - PAYS},
    "pydantic-ai__native": TWO,
    "pydantic-ai__native_v2": TWO,
    "smolagents__openinference": TWO,
    "strands__native__genai_latest": {**TWO, "payer": PAYS},
}
"""Which tools each agent could choose from, as far as a recording tells; what was cut says so."""
MAY_HAND: dict[str, frozenset[tuple[str, str]]] = {
    **dict.fromkeys(("crewai__openinference", "crewai__traceloop", "google-adk__native__capture"), HANDED),
    **dict.fromkeys(("langgraph__openinference", "langgraph__traceloop"), HANDED),
    "llamaindex__openinference": HANDED | {("billing", "triage")},
    "ms-agent-framework__native__sensitive": HANDED,
    **dict.fromkeys(("openai-agents__openinference", "openai-agents__otel-genai-v2"), HANDED),
    **dict.fromkeys(("openai-agents__sdk-export", "openai-agents__traceloop"), HANDED),
    **dict.fromkeys(("smolagents__openinference", "strands__native__genai_latest"), HANDED),
}
"""Who could hand work to whom, taken or not, as far as a recording tells: two tell it of nobody who did it."""
EXACT = [name for name, told in ROWS.items() if not {"pending", "unknown"} & {call[2] for call in told.calls}]


@cache
def recorded(name: str) -> Recording:
    text = gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()).decode()
    (made,) = recordings([SourceFile(f"{name}.json", text)])
    return made


def test_each_recording_has_a_row() -> None:
    assert sorted(ROWS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_recording_is_read_as_it_happened_or_says_what_it_cannot_tell(name: str) -> None:
    made, told = recorded(name), ROWS[name]
    assert tuple((call.actor, call.operation, call.outcome) for call in made.calls) == told.calls
    assert made.untold.keys() == told.untold
    assert made.handed.keys() == told.handed


@pytest.mark.parametrize("name", NAMES)
def test_the_tools_that_an_agent_could_choose_from_are_read_where_they_stand(name: str) -> None:
    found: dict[str, set[str]] = {}
    for each in recorded(name).offered:
        found.setdefault(each.actor, set()).add(each.operation)
    assert found == OFFERED.get(name, {})


@pytest.mark.parametrize("name", NAMES)
def test_to_whom_an_agent_could_hand_work_is_read_where_it_stands(name: str) -> None:
    assert recorded(name).may_hand.keys() == MAY_HAND.get(name, frozenset())


@pytest.mark.parametrize("name", OFFERED)
def test_a_tool_that_was_offered_and_called_is_one_operation(name: str) -> None:
    called = {call.operation: call.tool for call in recorded(name).calls}
    assert all(each.tool == called.get(each.operation, each.tool) for each in recorded(name).offered)


@pytest.mark.parametrize("name", NAMES)
def test_where_the_outcome_is_not_told_absence_is_no_evidence(name: str) -> None:
    made = recorded(name)
    waiting = {(call.actor, call.thread) for call in made.calls if call.outcome == "pending"}
    assert waiting <= made.blind.keys()
    if "calls" in made.untold or "names" in made.untold:
        assert set(made.threads) <= made.blind.keys()


@pytest.mark.parametrize("name", NAMES)
def test_no_argument_and_no_result_is_kept(name: str) -> None:
    kept = repr(recorded(name).calls)
    assert "T-1" not in kept
    assert "O-9" not in kept
    assert "please refund" not in kept


def shuffled(value: Any, rng: random.Random) -> Any:
    """`value` with the spans and events of each list in another order."""
    if isinstance(value, dict):
        return {key: shuffled(each, rng) for key, each in value.items()}
    if (
        isinstance(value, list)
        and value
        and isinstance(value[0], dict)
        and {"spanId", "timeUnixNano"} & value[0].keys()
    ):
        return rng.sample(value, len(value))
    return [shuffled(each, rng) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", NAMES)
def test_the_order_in_which_spans_are_written_says_nothing(name: str) -> None:
    text = gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()).decode()
    other = json.dumps(shuffled(json.loads(text), random.Random(1)))
    (made,) = recordings([SourceFile(f"{name}.json", other)])
    first = recorded(name)
    assert made.calls == first.calls
    assert made.offered.keys() == first.offered.keys()
    assert (made.untold, made.blind, made.handed) == (first.untold, first.blind, first.handed)
    assert made.may_hand.keys() == first.may_hand.keys()


def test_a_rerun_after_a_wait_is_the_same_call() -> None:
    times = [call.time for call in recorded("llamaindex__openinference").calls if call.operation == "refund"]
    assert len(times) == 2, "each ran twice: once until it waited, once to its end"


def test_the_servers_behind_a_mount_are_told_apart_from_the_tool() -> None:
    assert {call.tool for call in recorded("fastmcp__native").calls} == {"mcp:support"}
    assert {call.tool for call in recorded("claude-code__native-spans").calls} == {"mcp:desk"}


def test_how_many_are_read_exactly_stands_in_the_docs() -> None:
    text = (Path(__file__).parents[3] / "docs" / "validation.md").read_text("utf-8")
    missing = [name for name in EXACT if {"calls", "denials", "names"} & ROWS[name].untold and name not in COMPLETE]
    exact = len(EXACT) - len(missing)
    assert f"{exact} of the {len(NAMES)} given" in text


COMPLETE = frozenset({"autogen__native", "fastmcp__native", "mcp1x__traceloop_client"})
"""Nothing was denied before it ran in these, so that what they cannot tell is not missing."""
