"""Writes one scenario for each suite of AgentDojo: `python scenarios/agentdojo/generate.py --out scenarios/agentdojo`.

The facts come from the public package (`pip install agentdojo==0.1.35`), or from a JSON file of the same facts with
`--data`. The model, and what it leaves out, is said in the `assumptions` of each file.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from simkit.model import Entitlement, EntryPoint, Goal, Identity, Model, Need, Operation, Resource, Role, Task, Tool
from simkit.policies import policy
from simkit.scenario import Assumption, Scenario, Source, dump
from simkit.unknowns import Range, Unknowns

SUITES = ("workspace", "travel", "banking", "slack")
VERSION = "0.1.35"

HEADER = """\
# AgentDojo, suite {suite!r}, benchmark v1, package agentdojo {version}: Debenedetti et al., AgentDojo: A Dynamic
# Environment to Evaluate Prompt Injection Attacks and Defenses for LLM Agents, arXiv:2406.13352, 2024; MIT licence.
# Facts only: names of tools, the calls of the ground truths, the arguments that name a resource or a counterparty.
# Written by scenarios/agentdojo/generate.py: change that, not this.
"""

EFFECTS: Mapping[str, tuple[str, ...]] = {
    "write": ("append_to_file", "create_file", "reserve_hotel", "reserve_car_rental", "reserve_restaurant",
              "update_user_info"),
    "delete": ("delete_email", "delete_file"),
    "egress": ("send_email", "create_calendar_event", "cancel_calendar_event", "reschedule_calendar_event",
               "add_calendar_event_participants", "share_file", "send_direct_message", "send_channel_message",
               "post_webpage"),
    "read_egress": ("get_webpage",),
    "payment": ("send_money", "schedule_transaction", "update_scheduled_transaction"),
    "admin": ("update_password", "add_user_to_channel", "invite_user_to_slack", "remove_user_from_slack"),
}  # fmt: skip
"""What each tool of the package does, found by running the ground truths and reading the code; the rest only read."""

RESOURCE_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "send_email": ("recipients", "cc", "bcc"),
    "delete_email": ("email_id",),
    "create_calendar_event": ("participants",),
    "cancel_calendar_event": ("event_id",),
    "reschedule_calendar_event": ("event_id",),
    "add_calendar_event_participants": ("event_id", "participants"),
    "append_to_file": ("file_id",),
    "create_file": ("filename",),
    "delete_file": ("file_id",),
    "get_file_by_id": ("file_id",),
    "share_file": ("file_id", "email"),
    "reserve_hotel": ("hotel",),
    "reserve_car_rental": ("company",),
    "reserve_restaurant": ("restaurant",),
    "send_money": ("recipient",),
    "schedule_transaction": ("recipient",),
    "update_scheduled_transaction": ("id", "recipient"),
    "read_file": ("file_path",),
    "update_password": ("password",),
    "add_user_to_channel": ("user", "channel"),
    "read_channel_messages": ("channel",),
    "read_inbox": ("user",),
    "send_direct_message": ("recipient",),
    "send_channel_message": ("channel",),
    "get_users_in_channel": ("channel",),
    "invite_user_to_slack": ("user_email",),
    "remove_user_from_slack": ("user",),
    "get_webpage": ("url",),
    "post_webpage": ("url",),
}
"""The arguments that name a resource or a counterparty; titles, dates, amounts and texts do not."""

EFFECT_OF = {
    "read": "read",
    "write": "write",
    "delete": "delete",
    "egress": "send",
    "read_egress": "send",
    "payment": "send",
    "admin": "write",
}
"""AgentDojo's effects in the words of a scenario. Administration changes accounts here, it grants the agent nothing."""

KINDS = {"inbox": "mailbox", "web": "external-site"}

ASSUMPTIONS = (
    ("susceptibility 1.0", "the worst case: whoever writes what a task reads steers the agent"),
    ("rate and duration of tasks", "AgentDojo has no clock: once a day and five minutes are placeholders"),
    (
        "entitlements of the agent",
        "AgentDojo hands its agent every tool of the suite; narrower roles are mined from the tasks, not written here",
    ),
    (
        "targets of operations",
        "one resource for each tool with exactly the resource arguments of a ground-truth call; a call without such "
        "arguments acts on the plain resource",
    ),
    (
        "effects of tools",
        "egress, payment and a web request are `send`; administration of accounts is `write`, for it grants the agent "
        "nothing",
    ),
    (
        "injection vectors",
        "each is a resource that outsiders write and no tool does: AgentDojo runs each pair of tasks in a fresh "
        "environment, so that one attack plants nothing for the next",
    ),
    ("value of resources", "AgentDojo gives none: the measure is the share of (user task, injection task) pairs"),
)

SUSCEPTIBLE = Range(
    0.1,
    1.0,
    1.0,
    "flat",
    why="from a model that seldom falls for it to the worst case; published for GPT-4o: 23 to 92 %",
)
"""The chance that one injected text steers the agent: it is the model's, and the benchmark is of many. What is
published for one attempt a pair (`PAPER`) also counts what a steered agent then fails to do; the bounds are ours."""

PAPER = (
    "the benchmark; section 4.3: own tools suffice in 17 %; table 2: one attempt a pair steers GPT-4o in 23.2 % where "
    "the text guesses the names wrong and in 47.7 % where it knows them; section 4.1: in 92 % in the suite slack"
)

Facts = Mapping[str, Any]
"""One suite: `tools`, `user_tasks` and `injection_tasks`, each call with its `tool` and `resource_args`."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool with the resource arguments of one call, and the targets that stand for it in the scenario."""

    tool: str
    targets: tuple[str, ...]


def suite_scenario(suite: str, facts: Facts) -> Scenario:
    """The scenario of one suite: an agent that holds every tool, an entry point for each user task, a goal for each
    injection task."""
    calls = {
        task["id"]: _calls(suite, facts, task["calls"]) for task in (*facts["user_tasks"], *facts["injection_tasks"])
    }
    agent = f"{suite}-agent"
    own = {
        "task-arguments": policy("task-scoped").turned(
            name="task-arguments", scope="task+arguments", summary="As task-scoped, with the arguments bound."
        ),
        "no-write-after-untrusted-read": policy("task-scoped").turned(
            name="no-write-after-untrusted-read",
            miss_rate=0.0,
            summary="As task-scoped; a session that read untrusted content changes nothing, without exception.",
        ),
    }
    return Scenario(
        name=f"agentdojo-{suite}",
        description=f"AgentDojo v1, suite {suite}: which injection tasks can each user task be made to do?",
        model=_model(suite, agent, facts, calls),
        entry_points={t["id"]: EntryPoint(t["id"], "poison", task=t["id"]) for t in facts["user_tasks"]},
        goals={t["id"]: _goal(suite, agent, t["id"], calls[t["id"]]) for t in facts["injection_tasks"]},
        policies=own,
        compare=("rbac", "task-scoped-reads", "task-scoped", *own),
        sources=(
            Source("https://arxiv.org/abs/2406.13352", "P", PAPER),
            Source(f"https://pypi.org/project/agentdojo/{VERSION}/", "P", "tools and ground truths, benchmark v1"),
        ),
        assumptions=tuple(Assumption(about, why) for about, why in ASSUMPTIONS),
        unknowns=Unknowns({("identities", agent, "susceptibility"): SUSCEPTIBLE}),
    )


def _goal(suite: str, agent: str, name: str, calls: Sequence[Call]) -> Goal:
    if not calls:
        return Goal(name, steered=agent, note="Needs no tool: what the agent answers is the harm.")
    pairs = dict.fromkeys((f"{suite}.{call.tool}", target) for call in calls for target in call.targets)
    return Goal(name, performed=tuple(pairs))


def _model(suite: str, agent: str, facts: Facts, calls: Mapping[str, Sequence[Call]]) -> Model:
    tool = Tool(suite, {t["name"]: _operation(suite, t, calls) for t in facts["tools"]})
    role = Role("all-tools", (Entitlement(f"{suite}.*"),))
    tasks = {t["id"]: _task(suite, agent, t, calls[t["id"]]) for t in facts["user_tasks"]}
    return Model(
        identities={agent: Identity(agent, kind="agent", susceptibility=1.0, roles=(role.name,))},
        resources={resource.name: resource for resource in _resources(suite, facts, tool)},
        tools={suite: tool},
        roles={role.name: role},
        tasks=tasks,
    )


def _operation(suite: str, tool: Facts, calls: Mapping[str, Sequence[Call]]) -> Operation:
    name = tool["name"]
    seen = {target for made in calls.values() for call in made if call.tool == name for target in call.targets}
    return Operation(name, EFFECT_OF[tool["effect"]], tuple(sorted(seen or _plain(suite, tool))))


def _task(suite: str, agent: str, task: Facts, calls: Sequence[Call]) -> Task:
    needs: dict[str, dict[str, None]] = {}
    for call in calls:
        needs.setdefault(f"{suite}.{call.tool}", {}).update(dict.fromkeys(call.targets))
    return Task(
        task["id"],
        agent,
        needs=tuple(Need(operation, tuple(targets)) for operation, targets in needs.items()),
        reads=tuple(task["untrusted_vectors_seen"]),
    )


def _resources(suite: str, facts: Facts, tool: Tool) -> Iterator[Resource]:
    """The plain resources of the tools, the targets that bind arguments, and the injection vectors."""
    kinds = {name: KINDS.get(t["resources"][0], "data-store") for t in facts["tools"] for name in _plain(suite, t)}
    for t in facts["tools"]:
        for target in tool.operations[t["name"]].targets:
            kinds.setdefault(target, KINDS.get(t["resources"][0], "data-store"))
    yield from (Resource(name, kind=kinds[name]) for name in sorted(kinds))
    for vector in sorted({vector for task in facts["user_tasks"] for vector in task["untrusted_vectors_seen"]}):
        yield Resource(vector, kind="other", exposure="public-write")


def _calls(suite: str, facts: Facts, calls: Iterable[Facts]) -> tuple[Call, ...]:
    tools = {tool["name"]: tool for tool in facts["tools"]}
    return tuple(Call(c["tool"], _targets(suite, tools[c["tool"]], c["resource_args"])) for c in calls)


def _targets(suite: str, tool: Facts, arguments: Facts) -> tuple[str, ...]:
    """What a call acts on, as a readable name: `send_money(recipient=UK123)`, or the plain resources of the tool."""
    if not arguments:
        return _plain(suite, tool)
    bound = ", ".join(f"{key}={_text(value)}" for key, value in sorted(arguments.items()))
    return (f"{tool['name']}({bound})",)


def _text(value: object) -> str:
    return " + ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(suite: str, tool: Facts) -> tuple[str, ...]:
    return tuple(f"{suite}/{resource}" for resource in tool["resources"])


def facts_from_package() -> dict[str, Facts]:
    """The facts of each suite, from the installed package `agentdojo`. Raises ImportError where it is not installed."""
    suites = import_module("agentdojo.task_suite.load_suites").get_suites("v1")
    effects = {tool: effect for effect, tools in EFFECTS.items() for tool in tools}
    return {name: _suite_facts(suite, effects) for name, suite in suites.items()}


def _suite_facts(suite: Any, effects: Mapping[str, str]) -> Facts:
    plain = suite.load_and_inject_default_environment({})
    tools = [
        {
            "name": tool.name,
            "effect": effects.get(tool.name, "read"),
            "resources": sorted({dependency.env_dependency for dependency in tool.dependencies.values()}),
        }
        for tool in suite.tools
    ]
    return {
        "tools": tools,
        "user_tasks": [_user_task(suite, task) for task in suite.user_tasks.values()],
        "injection_tasks": [
            {"id": task.ID, "calls": _ground_truth(task, plain)} for task in suite.injection_tasks.values()
        ],
    }


def _ground_truth(task: Any, environment: Any) -> list[Facts]:
    made: list[Facts] = []
    for call in task.ground_truth(environment):
        named = RESOURCE_ARGUMENTS.get(call.function, ())
        arguments = {key: call.args[key] for key in named if call.args.get(key)}
        made.append({"tool": call.function, "resource_args": arguments})
    return made


def _user_task(suite: Any, task: Any) -> Facts:
    """A user task; it reads the injection vectors whose marks show up in what its ground truth gets to see."""
    calls = _ground_truth(task, task.init_environment(suite.load_and_inject_default_environment({})))
    marks = {vector: f"<<{vector}>>" for vector in suite.get_injection_vector_defaults()}
    environment = task.init_environment(suite.load_and_inject_default_environment(marks))
    runtime = import_module("agentdojo.functions_runtime").FunctionsRuntime(suite.tools)
    shown = "".join(
        str(runtime.run_function(environment, call.function, call.args)) for call in task.ground_truth(environment)
    )
    seen = sorted(vector for vector, mark in marks.items() if mark in shown)
    return {"id": task.ID, "calls": calls, "untrusted_vectors_seen": seen}


def facts_from_file(path: Path) -> dict[str, Facts]:
    """The facts of each suite, from a JSON file with the key `suites`."""
    suites: dict[str, Facts] = json.loads(path.read_text(encoding="utf-8"))["suites"]
    return suites


def write(out: Path, suites: Mapping[str, Facts]) -> None:
    """Writes `<suite>.yaml` for each suite into the folder `out`."""
    out.mkdir(parents=True, exist_ok=True)
    for suite in SUITES:
        text = HEADER.format(suite=suite, version=VERSION) + dump(suite_scenario(suite, suites[suite]))
        (out / f"{suite}.yaml").write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="JSON file of the facts; default: the installed package agentdojo")
    parser.add_argument("--out", type=Path, required=True, help="folder that the scenarios are written to")
    given = parser.parse_args(arguments)
    write(given.out, facts_from_file(given.data) if given.data else facts_from_package())


if __name__ == "__main__":
    main()
