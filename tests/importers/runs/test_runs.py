"""Recordings as parts of a scenario: what is proposed, what is joined, and what is never widened; by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from importer_contract import ImporterContract, imported, refused, written

from simkit import Scenario, load, over_privilege
from simkit.importers import Imported, import_files, parts_in, whole
from simkit.importers.recordings.recordings import RUNS


def attribute(key: str, value: Any) -> dict[str, Any]:
    kind = {bool: "boolValue", int: "intValue", str: "stringValue"}[type(value)]
    return {"key": key, "value": {kind: str(value) if kind == "intValue" else value}}


def span(name: str, number: int, parent: int = 0, *, trace: str = "t1", error: bool = False, **said: Any) -> Any:
    """A span that begins `number` seconds after 2026-11-02 and lasts one; `said` are attributes, _ for dots."""
    start = (1793577600 + number) * 10**9
    return {
        "traceId": trace,
        "spanId": f"{trace}-{number}",
        "parentSpanId": f"{trace}-{parent}" if parent else "",
        "name": name,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(start + 10**9),
        "status": {"code": 2} if error else {},
        "attributes": [attribute(key.replace("__", "."), value) for key, value in said.items()],
    }


def tool(name: str, number: int, parent: int = 1, *, trace: str = "t1", error: bool = False, **more: Any) -> Any:
    said = {"gen_ai__operation__name": "execute_tool", "gen_ai__tool__name": name, **more}
    return span(f"execute_tool {name}", number, parent, trace=trace, error=error, **said)


def agent(name: str, number: int, parent: int = 0, *, trace: str = "t1") -> Any:
    said = {"gen_ai__operation__name": "invoke_agent", "gen_ai__agent__name": name}
    return span(f"invoke_agent {name}", number, parent, trace=trace, **said)


def otlp(*spans: Any, service: str = "desk") -> str:
    resource = {"attributes": [attribute("service.name", service)]}
    scopes = [{"scope": {"name": "demo"}, "spans": list(spans)}]
    return json.dumps({"resourceSpans": [{"resource": resource, "scopeSpans": scopes}]}, indent=1)


SPANS = otlp(
    agent("triage", 1),
    tool(
        "read", 2, gen_ai__tool__call__arguments='{"key": "canary-argument"}', gen_ai__tool__call__result="canary-out"
    ),
    tool("refund", 3, error=True, gen_ai__tool__call__arguments='{"a": "canary-argument"}'),
    tool("transfer_to_billing", 4),
    agent("billing", 5, trace="t2"),
    tool("refund", 6, 5, trace="t2", gen_ai__tool__call__result="canary-out"),
    tool("wait", 7, 5, trace="t2"),
)
TRAIL = json.dumps(
    {
        "Records": [
            {
                "eventID": f"e{number}",
                "eventTime": f"2026-11-02T09:0{number}:00Z",
                "eventSource": f"{source}.amazonaws.com",
                "eventName": name,
                "readOnly": name.startswith(("Get", "Copy")),
                "sourceIPAddress": "198.51.100.77",
                "userIdentity": {
                    "type": "AssumedRole",
                    "arn": "arn:aws:sts::111122223333:assumed-role/deploy/canary-session",
                    "accessKeyId": "ASIACANARYKEY0000000",
                },
                "requestParameters": asked,
                **more,
            }
            for number, (source, name, asked, more) in enumerate(
                (
                    (
                        "s3",
                        "CopyObject",
                        {"bucketName": "b", "key": "canary-key", "x-amz-copy-source": "a/canary-key"},
                        {},
                    ),
                    ("lambda", "UpdateFunctionCode20150331v2", {"functionName": "f"}, {"errorCode": "AccessDenied"}),
                    ("sts", "AssumeRole", {"roleArn": "arn:aws:iam::111122223333:role/ops"}, {}),
                )
            )
        ]
    },
    indent=1,
)
AUDIT = "\n".join(
    json.dumps(
        {
            "kind": "Event",
            "apiVersion": "audit.k8s.io/v1",
            "auditID": audit,
            "stage": stage,
            "verb": verb,
            "user": {"username": "system:serviceaccount:ops:operator"},
            "objectRef": {"resource": "secrets", "namespace": "ops", "name": "db"},
            "responseStatus": {"code": code},
            "requestReceivedTimestamp": "2026-11-02T09:00:00.000000Z",
            "requestObject": {"data": {"password": "canary-secret"}},
        }
    )
    for audit, stage, verb, code in (
        ("a1", "RequestReceived", "get", 0),
        ("a1", "ResponseComplete", "get", 200),
        ("a2", "ResponseComplete", "delete", 403),
    )
)
GITHUB = json.dumps(
    [
        {
            "_document_id": "d1",
            "action": "git.push",
            "actor": "ann",
            "repo": "acme/shop",
            "@timestamp": 1793577600000,
            "hashed_token": "canaryHashOfAToken",
            "operation_type": "modify",
        }
    ],
    indent=1,
)
LINES = '{"identity": "bot", "operation": "crm.read", "target": "cases", "outcome": "done", "note": "canary-note"}\n'


class TestRuns(ImporterContract):
    importer = RUNS
    sample: ClassVar[Mapping[str, str]] = {
        "spans.json": SPANS,
        "trail.json": TRAIL,
        "audit.jsonl": AUDIT,
        "github.json": GITHUB,
        "calls.jsonl": LINES,
    }
    secrets = (
        *("canary-argument", "canary-out", "canary-session", "ASIACANARYKEY0000000", "198.51.100.77", "canary-key"),
        *("canary-secret", "canaryHashOfAToken", "canary-note"),
    )


def made(tmp_path: Path, **files: str) -> Imported:
    names = {name.replace("__", "."): text for name, text in files.items()}
    return imported(RUNS, written(tmp_path, names))


def observed(found: Imported) -> list[tuple[str, list[tuple[str, str]]]]:
    """For each run who ran, and its calls with their outcomes."""
    scenario = found.scenario()
    return [
        (scenario.model.caller(run), [(call.operation, call.outcome) for call in run.calls])
        for run in scenario.observed
    ]


def test_spans_become_runs_of_tasks_that_are_proposed(tmp_path: Path) -> None:
    found = made(tmp_path, spans__json=SPANS)
    assert observed(found) == [
        ("triage", [("desk.read", "done"), ("desk.refund", "failed")]),
        ("billing", [("desk.refund", "done"), ("desk.wait", "pending")]),
    ]
    tasks = found.scenario().model.tasks
    assert {name: [need.operation for need in task.needs] for name, task in tasks.items()} == {
        "triage: read, refund": ["desk.read", "desk.refund"],
        "billing: refund": ["desk.refund"],
    }
    assert tasks["triage: read, refund"].delegates_to == ("billing",)
    assert [run.blind_to for run in found.scenario().observed] == [(), ("*",)]


def test_who_is_described_nowhere_else_may_do_what_it_did_and_no_more(tmp_path: Path) -> None:
    identities = made(tmp_path, spans__json=SPANS).scenario().model.identities
    given = {name: [each.operation for each in identity.entitlements] for name, identity in identities.items()}
    assert given == {"triage": ["desk.read", "desk.refund"], "billing": ["desk.refund"], "service desk": []}


def test_a_tool_that_was_offered_and_never_called_is_a_right_that_nobody_needs(tmp_path: Path) -> None:
    asked = {"gen_ai__operation__name": "chat", "gen_ai__tool__definitions": '[{"name": "read"}, {"name": "refund"}]'}
    text = otlp(agent("triage", 1), span("chat", 2, 1, **asked), tool("read", 3, gen_ai__tool__call__result="it"))
    scenario = made(tmp_path, spans__json=text).scenario()
    given = [each.operation for each in scenario.model.identities["triage"].entitlements]
    unneeded = [each.operation for each in over_privilege(scenario).unneeded()]
    assert (given, unneeded) == (["desk.read", "desk.refund"], ["desk.refund"])


def test_who_is_seen_only_when_its_model_is_asked_may_do_what_it_is_offered(tmp_path: Path) -> None:
    asked = {"gen_ai__operation__name": "chat", "gen_ai__agent__name": "triage"}
    text = otlp(span("chat", 1, **asked, gen_ai__tool__definitions='[{"name": "read"}, {"name": "refund"}]'))
    scenario = made(tmp_path, spans__json=text).scenario()
    given = [each.operation for each in scenario.model.identities["triage"].entitlements]
    assert (given, scenario.observed) == (["desk.read", "desk.refund"], ())


def test_to_whom_an_agent_could_hand_work_it_may_whether_or_not_it_did(tmp_path: Path) -> None:
    asked = {"gen_ai__operation__name": "chat", "gen_ai__tool__definitions": '[{"name": "transfer_to_back_office"}]'}
    text = otlp(
        *(agent("triage", 1), span("chat", 2, 1, **asked), tool("read", 3, gen_ai__tool__call__result="it")),
        *(agent("Back Office", 5, trace="t2"), tool("refund", 6, 5, trace="t2", gen_ai__tool__call__result="it")),
    )
    scenario = made(tmp_path, spans__json=text).scenario()
    assert [(edge.source, edge.target, edge.kind) for edge in scenario.model.trust] == [
        ("triage", "Back Office", "invoke")
    ]
    assert scenario.model.tasks["triage: read"].delegates_to == (), "it was not needed"
    assert sorted(scenario.model.identities) == ["Back Office", "service desk", "triage"]


def test_an_agent_that_is_offered_as_a_tool_is_none(tmp_path: Path) -> None:
    asked = {"gen_ai__operation__name": "chat", "gen_ai__tool__definitions": '[{"name": "ask_billing"}]'}
    text = otlp(
        *(agent("triage", 1), tool("ask_billing", 2), agent("billing", 3, 2)),
        *(agent("clerk", 5, trace="t2"), span("chat", 6, 5, trace="t2", **asked)),
    )
    scenario = made(tmp_path, spans__json=text).scenario()
    assert {(edge.source, edge.target) for edge in scenario.model.trust} == {
        ("triage", "billing"),
        ("clerk", "billing"),
    }
    assert scenario.model.tools == {}


def test_who_is_handed_work_by_a_name_that_is_spelled_otherwise_is_the_same(tmp_path: Path) -> None:
    text = otlp(
        *(agent("triage", 1), tool("transfer_to_back_office", 2)),
        *(agent("Back Office", 5, trace="t2"), tool("refund", 6, 5, trace="t2", gen_ai__tool__call__result="it")),
    )
    scenario = made(tmp_path, spans__json=text).scenario()
    assert [(edge.source, edge.target) for edge in scenario.model.trust] == [("triage", "Back Office")]
    assert sorted(scenario.model.identities) == ["Back Office", "service desk", "triage"]


def test_a_denied_call_is_no_use_and_gives_no_right(tmp_path: Path) -> None:
    lines = '{"identity": "bot", "operation": "crm.wipe", "outcome": "denied"}\n'
    found = made(tmp_path, calls__jsonl=lines)
    assert found.scenario().model.identities["bot"].entitlements == ()
    assert observed(found) == [("bot", [("crm.wipe", "denied")])]
    assert found.sections.get("tasks", {}) == {}


def test_nobody_is_widened_by_calls_of_somebody_without_a_name(tmp_path: Path) -> None:
    found = made(tmp_path, spans__json=otlp(tool("read", 2, 0)))
    assert observed(found) == [("", [("desk.read", "done")])]
    assert all(not each.entitlements for each in found.scenario().model.identities.values())
    assert any(each.what == "who made 1 calls" for each in found.untranslated)


CLUSTER = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator, namespace: ops}
---
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: ops}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reads, namespace: ops}
rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: reads, namespace: ops}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reads}
subjects: [{kind: ServiceAccount, name: operator, namespace: ops}]
"""


def joined(folder: Path, found: tuple[Imported, ...]) -> Scenario:
    for each in found:
        (folder / f"{each.kind}.yaml").write_text(each.text(), "utf-8")
    (folder / "whole.yaml").write_text(whole("whole", [f"{each.kind}.yaml" for each in found]), "utf-8")
    return load(folder / "whole.yaml")


def test_an_audit_log_is_joined_with_the_accounts_of_the_manifests(tmp_path: Path) -> None:
    files = written(tmp_path / "in", {"cluster.yaml": CLUSTER, "audit.jsonl": AUDIT})
    scenario = joined(tmp_path, import_files([files]))
    (run,) = scenario.observed
    assert scenario.model.caller(run) == "sa:ops/operator"
    assert [(call.operation, call.target, call.outcome) for call in run.calls] == [
        ("kube.get-secrets", "ops/secrets/db", "done"),
        ("kube (recorded).delete-secrets", "ops/secrets/db", "denied"),
    ]
    assert scenario.model.identities["sa:ops/operator"].entitlements == ()


def test_an_audit_log_that_is_imported_later_is_joined_too(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (part,) = import_files([written(tmp_path / "in", {"cluster.yaml": CLUSTER}) / "cluster.yaml"])
    (out / "kubernetes.yaml").write_text(part.text(), "utf-8")
    log = written(tmp_path / "in", {"audit.jsonl": AUDIT}) / "audit.jsonl"
    (later,) = import_files([log], beside=parts_in(str(out), ["kubernetes", "agent"]))
    assert "sa:ops/operator" not in later.sections.get("identities", {})
    assert joined(out, (part, later)).observed[0].calls[0].operation == "kube.get-secrets"


def test_what_another_file_does_not_grant_is_told_and_not_granted(tmp_path: Path) -> None:
    log = AUDIT.replace('"code": 403', '"code": 200')
    files = written(tmp_path / "in", {"cluster.yaml": CLUSTER, "audit.jsonl": log})
    found = import_files([files])
    scenario = joined(tmp_path, found)
    left = [each.what for each in found[-1].untranslated]
    assert "kube (recorded).delete-secrets by sa:ops/operator" in left
    assert scenario.model.identities["sa:ops/operator"].entitlements == ()


def test_the_servers_of_an_agent_are_joined_by_their_names(tmp_path: Path) -> None:
    settings = json.dumps({"mcpServers": {"desk": {"command": "npx", "args": ["desk-server"]}}})
    listed = json.dumps({"tools": [{"name": "refund", "inputSchema": {"type": "object"}}]})
    spans = otlp(
        span("claude_code.interaction", 1, gen_ai__operation__name="invoke_agent"),
        tool("mcp__desk__refund", 2),
        service="claude-code",
    ).replace('"demo"', '"com.anthropic.claude_code.tracing"')
    files = {".mcp.json": settings, "tools/desk.json": listed, "spans.json": spans}
    found = import_files([written(tmp_path / "in", files)])
    scenario = joined(tmp_path, found)
    (run,) = scenario.observed
    assert scenario.model.caller(run) == "claude-code"
    assert "claude-code" not in found[-1].sections.get("identities", {})
    assert run.calls[0].operation == "mcp:desk.refund"
    assert found[-1].sections.get("tools", {}) == {}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("spans.json", '{"resourceSpans": [', "this is not JSON"),
        (
            "calls.jsonl",
            '{"operation": "a.b", "identity": "x"}\n{"operation"}\n{"operation": "a.b", "identity": "x"}',
            ":2:",
        ),
        ("trail.json", '{"Records": [{"eventSource": ' + "[" * 100_000, "levels deep"),
        ("trail.json", '{"Records": [{"eventSource": ' + "1" * 5000 + "}]}", "too many digits"),
        ("trail.json", '{"Records": [{"eventSource": "\x01"}]}', "control character"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert said in refused(tmp_path / name, "runs")


def test_a_last_line_that_is_cut_short_is_passed_over(tmp_path: Path) -> None:
    found = made(tmp_path, calls__jsonl=LINES + LINES + '{"identity": "bot", "oper')
    assert observed(found) == [("bot", [("crm.read", "done"), ("crm.read", "done")])]


def test_spans_of_one_trace_in_two_files_are_one_run(tmp_path: Path) -> None:
    first, second = otlp(agent("triage", 1)), otlp(tool("read", 2))
    assert observed(made(tmp_path, a__json=first, b__json=second)) == [("triage", [("desk.read", "done")])]


def test_two_runs_alike_suggest_one_task_with_its_rate(tmp_path: Path) -> None:
    day = 86400
    traces = [
        each
        for number in range(4)
        for each in (
            agent("triage", 1 + number * day, trace=f"t{number}"),
            tool("read", 2 + number * day, 1 + number * day, trace=f"t{number}"),
        )
    ]
    (task,) = made(tmp_path, spans__json=otlp(*traces)).sections["tasks"].values()
    assert task["rate"] == "1.333/d"
    assert task["note"] == "proposed: seen in 4 runs"


def test_a_role_without_its_path_is_the_one_of_its_name_where_there_is_but_one(tmp_path: Path) -> None:
    for paths, name in ((("app/deploy",), "1:role/app/deploy"), (("app/deploy", "old/deploy"), "1:role/deploy")):
        part = "".join(f"  '1:role/{path}': {{}}\n" for path in paths)
        folder = written(tmp_path / str(len(paths)), {"aws.yaml": f"identities:\n{part}"})
        said = {"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/deploy/me"}
        event = {"eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "userIdentity": said}
        log = written(folder, {"trail.json": json.dumps({"Records": [event]})}) / "trail.json"
        (found,) = import_files([log], "runs", beside=parts_in(str(folder), ["aws"]))
        assert set(found.sections.get("identities", {})) == ({name} if len(paths) == 2 else set())
        (run,) = found.observed
        assert run.get("identity", "") or found.sections["tasks"][run["task"]]["identity"] == name


def test_a_file_without_a_call_is_told(tmp_path: Path) -> None:
    for name, text in (("spans.json", otlp(span("GET /", 1))), ("trail.json", '{"eventSource": 7}')):
        found = made(tmp_path / name, **{name.replace(".", "__"): text})
        assert [each.why for each in found.untranslated if "it" in each.why]
        assert found.observed == ()


def test_each_run_names_the_file_in_which_it_begins(tmp_path: Path) -> None:
    first = otlp(agent("triage", 1), tool("read", 2))
    second = otlp(agent("payer", 3, trace="t2"), tool("pay", 4, 3, trace="t2"))
    found = made(tmp_path, a__json=first, b__json=second)
    assert [(run["source"], len(run["calls"])) for run in found.observed] == [("a.json", 1), ("b.json", 1)]
    assert found.read == {str(tmp_path / "a.json"): 1, str(tmp_path / "b.json"): 1}
    assert found.origins["identities", "payer"].file == str(tmp_path / "b.json")
