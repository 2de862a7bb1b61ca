#!/usr/bin/env bash
# opentelemetry-instrumentation-openai-agents 0.62.4: the agents to which an agent may hand work are all recorded as "unknown".
#
# The OpenAI Agents SDK has a span for each run of an agent, which lists the agents that it can hand work to by their names
# (https://openai.github.io/openai-agents-python/ref/tracing/span_data/).
# A guess: the attribute `openai.agent.handoffs`, which the instrumentation makes of that list, names them.
# Seen: there are as many entries as names, and each is called "unknown", with "No instructions". Who was in fact handed work
# stands in a span of its own by name; who never was stands nowhere.
# So whoever asks of recordings which agents one could have steered learns how many, and not which.
set -euo pipefail

room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --disable-pip-version-check \
  openai-agents==0.24.0 opentelemetry-instrumentation-openai-agents==0.62.4 opentelemetry-sdk==1.45.2

cat >"$room/probe.py" <<'PYTHON'
import json

from agents.tracing import agent_span, handoff_span, set_trace_processors, trace
from opentelemetry.instrumentation.openai_agents import OpenAIAgentsInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

kept, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(kept))
set_trace_processors([])
OpenAIAgentsInstrumentor().instrument(tracer_provider=provider)
with trace("job"), agent_span(name="triage", handoffs=["billing", "refunds"], tools=["read"]) as span:
    print("the SDK lists:", ", ".join(span.span_data.export()["handoffs"]))
    with handoff_span("triage", "billing"):
        pass
for each in kept.get_finished_spans():
    if "gen_ai.handoff.to_agent" in each.attributes:
        print("the hand-over that was taken:", each.attributes["gen_ai.handoff.to_agent"])
    if "openai.agent.handoffs" in each.attributes:
        listed = json.loads(each.attributes["openai.agent.handoffs"])
        print("the trace lists:", ", ".join(one["name"] for one in listed))
PYTHON

seen=$("$room/venv/bin/python" "$room/probe.py" 2>/dev/null)
expected="the SDK lists: billing, refunds
the hand-over that was taken: billing
the trace lists: unknown, unknown"
echo "$seen"
[ "$seen" = "$expected" ] || { echo "the instrumentation behaves differently now" >&2; exit 1; }
