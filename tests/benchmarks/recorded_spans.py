"""Spans as an agent framework writes them, as many as are asked for; 500 bytes each, as OTLP JSON, a request a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

START = 1793577600
EACH = 10
"""Spans of a trace: an agent, three questions to its model, and six calls of tools."""
TOOLS = ("read_ticket", "lookup_order", "refund", "send_mail", "search", "close")
IN_A_LINE = 50
"""Traces of one export request."""


def spans_of(number: int) -> Iterator[dict[str, Any]]:
    """The spans of trace `number`: ten runs a conversation."""
    trace, start = f"{number:032x}", START + 60 * number
    agent = f"agent-{number % 20}"
    for at in range(EACH):
        said = [("gen_ai.conversation.id", f"conv-{number // 10}")]
        if at == 0:
            name, more = (
                f"invoke_agent {agent}",
                [("gen_ai.operation.name", "invoke_agent"), ("gen_ai.agent.name", agent)],
            )
        elif at % 3 == 1:
            name, more = "chat model", [("gen_ai.operation.name", "chat")]
        else:
            tool = TOOLS[(at + number) % len(TOOLS)]
            more = [("gen_ai.operation.name", "execute_tool"), ("gen_ai.tool.name", tool)]
            more += [("gen_ai.tool.call.id", f"call_{number}_{at}"), ("gen_ai.tool.call.result", "done")]
            name = f"execute_tool {tool}"
        yield {
            "traceId": trace,
            "spanId": f"{number * EACH + at:016x}",
            "parentSpanId": "" if at == 0 else f"{number * EACH:016x}",
            "name": name,
            "startTimeUnixNano": f"{start + at}000000000",
            "endTimeUnixNano": f"{start + (EACH if at == 0 else at) + 1}000000000",
            "status": {},
            "attributes": [{"key": key, "value": {"stringValue": text}} for key, text in said + more],
        }


def write_spans(folder: Path, spans: int) -> list[Path]:
    """Files in `folder` with `spans` spans in all, small enough to be read."""
    paths = []
    traces = spans // EACH
    for part, first in enumerate(range(0, traces, 5000)):
        path = folder / f"spans-{part}.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for start in range(first, min(first + 5000, traces), IN_A_LINE):
                here = [span for number in range(start, min(start + IN_A_LINE, traces)) for span in spans_of(number)]
                scope = [{"scope": {"name": "demo"}, "spans": here}]
                file.write(json.dumps({"resourceSpans": [{"scopeSpans": scope}]}, separators=(",", ":")) + "\n")
        paths.append(path)
    return paths
