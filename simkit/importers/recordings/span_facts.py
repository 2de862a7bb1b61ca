"""What one span says: whether it tells a call, of which tool, by whom, with what outcome.

The names come from eight conventions (OpenTelemetry's for generative AI, OpenInference, Traceloop, and those of
frameworks); the first that is there counts. What the AI SDK writes has been given OpenTelemetry's (`ai_sdk_spans`).
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from simkit.importers.recordings.recorded import plain_name
from simkit.importers.recordings.trace_span import TraceSpan

NOT_CALLS = frozenset({"(merged tools)", "final_answer", "finish", "unknown"})
"""What frameworks write as a tool and what is none: a bundle of results, the end of a run, a name that is not known."""
PLACEHOLDERS = frozenset({"OpenAI Agent"})
"""Names that an instrumentation gives to every agent."""
WAITING = re.compile(r"(GraphInterrupt|WaitingForEvent|ApprovalRequired|CallDeferred|InterruptException)$")
"""Exceptions that say: somebody has to decide first. They fail nothing."""
SAYS_WAITING = frozenset({"This tool call requires confirmation, please approve or reject."})
SAYS_DENIED = frozenset({"This tool call is rejected."})
"""What Google's ADK 2.13.0 gives back in place of a result."""
_ARGUMENTS = (
    *("gen_ai.tool.call.arguments", "tool_arguments", "input.value", "tool.arguments", "traceloop.entity.input"),
    *("haystack.agent.step.tool.input", "tool_input"),
)
_RESULTS = (
    *("gen_ai.tool.call.result", "tool_response", "output.value", "traceloop.entity.output"),
    "haystack.agent.step.tool.output",
)
_WRAPPED = ("input_str", "inputs", "kwargs", "args", "arguments")
_LABEL = re.compile(r"^(?:MCP send )?tools/call |^execute_tool |^delegate ")
_ENDING = re.compile(r"\.(?:run|tool|__call__|agent|_execute_core)$")
_OBJECT = re.compile(r"^<.* at 0x[0-9a-f]+>$")
_MCP_NAME = re.compile(r"^mcp__(.+?)__(.+)$")
_STATED = re.compile(r"current_agent_name['\"]?\s*[:=]\s*['\"]([^'\"]{1,200})['\"]")
MOST_TEXT = 200_000
"""How many characters of one attribute are parsed."""


def is_call(span: TraceSpan) -> bool:
    """True if `span` tells the call of a tool (or a part of one)."""
    said = span.attributes
    return (
        said.get("openinference.span.kind") == "TOOL"
        or said.get("gen_ai.operation.name") == "execute_tool"
        or said.get("traceloop.span.kind") == "tool"
        or said.get("mcp.method.name") == "tools/call"
        or span.name == "haystack.agent.step.tool"
        or span.name.startswith(("tools/call ", "MCP send tools/call "))
    )


def called_tool(span: TraceSpan) -> tuple[str, str]:
    """The server (empty where no span says it) and the name of the tool that `span` calls."""
    name = span.text("gen_ai.tool.name", "tool.name", "haystack.tool.name", "traceloop.entity.name", "tool_name")
    if not name:
        name = _ENDING.sub("", _LABEL.sub("", span.name))
    server, tool = tool_named(name)
    return plain_name(span.text("anthropic.mcp.server.name", "fastmcp.server.name", "mcp.server.name")) or server, tool


def tool_named(name: str) -> tuple[str, str]:
    """The server (empty where `name` does not say it) and the tool; both empty for what frameworks only write as one.

    >>> tool_named("mcp__tickets__read"), tool_named("final_answer")
    (('tickets', 'read'), ('', ''))
    """
    found = _MCP_NAME.match(name)
    server, name = (found[1], found[2]) if found else ("", name)
    return plain_name(server), plain_name(name) if name not in NOT_CALLS else ""


def is_model(span: TraceSpan) -> bool:
    """True if `span` is a question to a model."""
    said = span.attributes
    if said.get("openinference.span.kind") == "LLM" or "haystack.agent.step.llm" in span.name:
        return True
    return said.get("gen_ai.operation.name") in ("chat", "generate_content", "text_completion")


def is_agent(span: TraceSpan) -> bool:
    """True if an agent runs in `span`, named or not."""
    said = span.attributes
    if said.get("traceloop.span.kind") == "agent" or span.name in ("haystack.agent.run", "claude_code.interaction"):
        return True
    return bool(agent_named(span)) and (
        said.get("gen_ai.operation.name") == "invoke_agent" or said.get("openinference.span.kind") == "AGENT"
    )


def agent_named(span: TraceSpan) -> str:
    """The agent that `span` names as its own; empty where it names none."""
    said = span.attributes
    own = plain_name(said.get("gen_ai.agent.name"))
    if own and own not in PLACEHOLDERS:
        return own
    own = plain_name(said.get("traceloop.association.properties.lc_agent_name")) or _in_metadata(said.get("metadata"))
    if own:
        return own
    if said.get("gen_ai.operation.name") == "invoke_agent" and span.name.startswith("invoke_agent "):
        return plain_name(span.name.removeprefix("invoke_agent "))
    if said.get("traceloop.span.kind") == "agent":
        return plain_name(span.name.removesuffix(".agent"))
    if said.get("openinference.span.kind") == "AGENT":
        return plain_name(span.text("agent.name", "graph.node.id")) or (
            plain_name(_ENDING.sub("", span.name)) if _ENDING.search(span.name) else ""
        )
    return "claude-code" if span.scope.startswith("com.anthropic.claude_code") else ""


def _in_metadata(text: Any) -> str:
    return _agent_in(text) if isinstance(text, str) and "lc_agent_name" in text else ""


@lru_cache(maxsize=4096)
def _agent_in(text: str) -> str:
    value = parsed(text)
    return plain_name(value.get("lc_agent_name")) if isinstance(value, dict) else ""


def stated_agent(span: TraceSpan) -> str:
    """The agent that is at work from this span on, where a workflow says so (LlamaIndex)."""
    if not span.name.startswith("AgentWorkflow."):
        return ""
    for key in ("output.value", "input.value"):
        found = _STATED.search(span.text(key)[:MOST_TEXT])
        if found:
            return plain_name(found[1])
    return ""


def thread_named(span: TraceSpan) -> str:
    """The conversation that `span` says it is a part of. That of an MCP connection is none."""
    found = span.text(
        "session.id",
        "gen_ai.conversation.id",
        "traceloop.association.properties.thread_id",
        "traceloop.association.properties.session_id",
        "agno.run.id",
    )
    if not found and isinstance(span.attributes.get("metadata"), str) and "thread_id" in span.attributes["metadata"]:
        value = parsed(span.attributes["metadata"])
        found = value.get("thread_id", "") if isinstance(value, dict) else ""
    return plain_name(found)


def arguments(span: TraceSpan) -> Any:
    """What the tool was given, unwrapped: a mapping, one value without a name, or None where it is not recorded."""
    for key in _ARGUMENTS:
        if key in span.attributes:
            return _unwrapped(parsed(span.attributes[key]))
    for name, said in span.events:
        if name == "gen_ai.tool.message" and "content" in said:
            return _unwrapped(parsed(said["content"]))
    return None


def given_arguments(value: Any) -> Any:
    """As `arguments`, of a value in a message."""
    return _unwrapped(parsed(value))


def parsed(value: Any) -> Any:
    """JSON, else a literal, else the text itself."""
    if not isinstance(value, str):
        return value
    text = value[:MOST_TEXT].strip()
    if text[:1] not in "{[\"'(" or not text:
        return value
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if len(text) > 10_000:
        return value
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return value


def _unwrapped(value: Any) -> Any:
    for _ in range(4):
        inner = next((value[key] for key in _WRAPPED if isinstance(value, dict) and value.get(key)), None)
        if inner is None or (isinstance(inner, str) and not _is_wrapping(value)):
            break
        value = parsed(inner)
    if isinstance(value, dict):
        return {key: each for key, each in value.items() if not (isinstance(each, str) and _OBJECT.match(each))}
    return value


def _is_wrapping(value: Mapping[str, Any]) -> bool:
    """True if `value` is what a framework puts around arguments, and not these themselves."""
    return "input_str" in value or "tool_name" in value or len(value) > 1


def result(span: TraceSpan) -> Any:
    """What came back; None where nothing is recorded."""
    for key in _RESULTS:
        found = span.attributes.get(key)
        if found is not None and not (key == "output.value" and found in ("", "null")):
            return found
    return next((True for name, _ in span.events if name == "tool.output"), None)


def outcome_told(span: TraceSpan) -> str:
    """The outcome that `span` itself tells: done, failed, denied, pending; empty where it says nothing."""
    said = span.attributes
    for name, event in span.events:
        if name == "exception":
            return "pending" if WAITING.search(str(event.get("exception.type", ""))) else "failed"
    words = _words(result(span))
    if words in SAYS_WAITING:
        return "pending"
    if words in SAYS_DENIED:
        return "denied"
    if span.status.startswith("WaitingForEvent"):
        return "pending"
    if span.failed or said.get("haystack.tool.error") is True or said.get("error.type"):
        return "failed"
    if said.get("success") in (False, "false") or said.get("gen_ai.tool.status") == "error":
        return "failed"
    return "done" if result(span) is not None or said.get("success") in (True, "true") else ""


def decided(span: TraceSpan) -> str:
    """What somebody decided about a call: `reject`, another word, or empty where no decision is in `span`."""
    return span.text("haystack.agent.hook.human_in_the_loop.strategy.decision", "decision").lower()


def _words(found: Any) -> str:
    """The text of a result that is nothing but an error in words."""
    value = parsed(found)
    if isinstance(value, dict) and set(value) == {"error"} and isinstance(value["error"], str):
        return value["error"]
    return value if isinstance(value, str) else ""
