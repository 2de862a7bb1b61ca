"""CloudTrail, audit logs of Kubernetes and GitHub, and calls a line: who called what, on what, and was it refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from simkit.importers.recordings.cloud_trail import actions, caller
from simkit.importers.recordings.log_times import moment_in
from simkit.importers.recordings.recorded import Recording, SeenCall
from simkit.importers.recordings.recordings import recordings
from simkit.importers.source_file import SourceFile

ROLE = {
    "type": "AssumedRole",
    "arn": "arn:aws:sts::111122223333:assumed-role/deploy/me",
    "accessKeyId": "ASIAEXAMPLE",
    "sessionContext": {"sessionIssuer": {"arn": "arn:aws:iam::111122223333:role/app/deploy"}},
}


def read(*events: dict[str, Any], name: str = "log.json", whole: Any = None) -> Recording:
    (made,) = recordings([SourceFile(name, json.dumps(list(events) if whole is None else whole))])
    return made


def seen(made: Recording) -> list[tuple[str, str, str, str]]:
    return [(call.actor, call.full_name, call.target, call.outcome) for call in made.calls]


def event(name: str, source: str = "s3", **more: Any) -> dict[str, Any]:
    said = {"eventSource": f"{source}.amazonaws.com", "eventName": name, "userIdentity": ROLE}
    return {**said, "eventTime": "2026-11-02T09:00:00Z", **more}


# ---- CloudTrail


def test_a_copy_reads_one_bucket_and_writes_another() -> None:
    asked = {"bucketName": "to", "key": "k", "x-amz-copy-source": "/from/some/key"}
    made = read(event("CopyObject", requestParameters=asked))
    assert seen(made) == [
        ("111122223333:role/app/deploy", "aws.s3:GetObject", "s3:from", "done"),
        ("111122223333:role/app/deploy", "aws.s3:PutObject", "s3:to", "done"),
    ]
    assert [call.effect for call in made.calls] == ["read", "write"]


@pytest.mark.parametrize(
    ("source", "name", "expected"),
    [
        ("lambda", "UpdateFunctionCode20150331v2", ("lambda:UpdateFunctionCode",)),
        ("cloudfront", "CreateDistribution2020_05_31", ("cloudfront:CreateDistribution",)),
        ("monitoring", "PutMetricData", ("cloudwatch:PutMetricData",)),
        ("email", "SendEmail", ("ses:SendEmail",)),
        ("s3", "ListObjects", ("s3:ListBucket",)),
        ("lambda", "Invoke", ("lambda:InvokeFunction",)),
        ("newservice", "DoIt", ("newservice:DoIt",)),
    ],
)
def test_events_have_other_names_than_the_rights_that_they_use(
    source: str, name: str, expected: tuple[str, ...]
) -> None:
    assert actions(f"{source}.amazonaws.com", name) == expected


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (None, "done"),
        ("", "done"),
        ("AccessDenied", "denied"),
        ("AccessDeniedException", "denied"),
        ("Client.UnauthorizedOperation", "denied"),
        ("VpceAccessDenied", "denied"),
        ("InvalidClientTokenId", "denied"),
        ("ThrottlingException", "unknown"),
        ("NoSuchEntity", "failed"),
        ("Client.DryRunOperation", "failed"),
        ({"odd": 1}, "done"),
    ],
)
def test_an_error_code_says_whether_the_right_was_used(code: Any, outcome: str) -> None:
    assert [call.outcome for call in read(event("GetObject", errorCode=code)).calls] == [outcome]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (ROLE, "111122223333:role/app/deploy"),
        ({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/deploy/me"}, "1:role/deploy"),
        ({"type": "IAMUser", "arn": "arn:aws:iam::1:user/ann", "userName": "ann"}, "1:user/ann"),
        ({"type": "IAMUser", "userName": "ann", "accountId": "1"}, "1:user/ann"),
        ({"type": "Root", "arn": "arn:aws:iam::1:root"}, "1:root"),
        ({"type": "AWSAccount", "accountId": "2"}, "account 2"),
        ({"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}, ""),
        ({}, ""),
        (7, ""),
    ],
)
def test_who_called_is_the_role_and_not_its_session(said: Any, name: str) -> None:
    assert caller(said)[0] == name


def test_an_event_that_stands_twice_is_one_call() -> None:
    twice = event("GetObject", eventID="e1")
    assert len(read(twice, twice).calls) == 1


def test_log_files_answers_of_lookup_events_and_lines_are_read_alike() -> None:
    one = event("GetObject")
    ways = [
        read(one),
        read(whole={"Records": [one]}),
        read(whole={"Events": [{"EventName": "GetObject", "CloudTrailEvent": json.dumps(one)}]}),
    ]
    assert len({str(seen(way)) for way in ways}) == 1


def test_without_data_events_the_trail_is_blind_to_what_is_done_to_objects() -> None:
    assert "aws.s3:*Object*" in read(event("ListBuckets")).blind["", ""]
    assert ("", "") not in read(event("GetObject", managementEvent=False, readOnly="True")).blind


def test_who_assumed_a_role_is_joined_to_it() -> None:
    asked = {"roleArn": "arn:aws:iam::111122223333:role/ops"}
    made = read(event("AssumeRole", "sts", requestParameters=asked))
    assert list(made.handed) == [("111122223333:role/app/deploy", "111122223333:role/ops")]
    refused = read(event("AssumeRole", "sts", requestParameters=asked, errorCode="AccessDenied"))
    assert not refused.handed


# ---- Kubernetes


def request(stage: str = "ResponseComplete", *, code: int = 200, audit: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "kind": "Event",
        "apiVersion": "audit.k8s.io/v1",
        "auditID": audit,
        "stage": stage,
        "verb": "get",
        "user": {"username": "system:serviceaccount:ops:operator"},
        "objectRef": {"resource": "pods", "namespace": "web", "name": "shop"},
        "responseStatus": {"code": code},
        **more,
    }


def test_the_stages_of_one_request_are_one_call() -> None:
    stages = [request(stage) for stage in ("RequestReceived", "ResponseStarted", "ResponseComplete")]
    assert seen(read(*stages)) == [("sa:ops/operator", "kube.get-pods", "web/pods", "done")]
    assert seen(read(*reversed(stages))) == seen(read(*stages))


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (request(code=201), "done"),
        (request(code=403), "denied"),
        (request(code=401), "denied"),
        (request(code=404), "failed"),
        (request(code=403, annotations={"authorization.k8s.io/decision": "allow"}), "failed"),
        (request(code=200, annotations={"authorization.k8s.io/decision": "forbid"}), "denied"),
        (request("RequestReceived", code=0), "unknown"),
        (request("Panic", code=0), "failed"),
        (request("ResponseStarted"), "done"),
    ],
)
def test_what_became_of_a_request(said: dict[str, Any], outcome: str) -> None:
    assert [call.outcome for call in read(said).calls] == [outcome]


def test_a_subresource_is_not_its_resource_and_a_group_is_a_part_of_the_name() -> None:
    inside = {"resource": "pods", "subresource": "exec", "namespace": "web", "name": "shop"}
    other = {"resource": "widgets", "apiGroup": "acme.dev", "namespace": "web"}
    made = read(request(verb="create", objectRef=inside), request(audit="b", objectRef=other))
    assert [call.full_name for call in made.calls] == ["kube.create-pods/exec", "kube.get-widgets.acme.dev"]


def test_who_impersonates_somebody_does_that_and_acts_as_it() -> None:
    made = read(request(user={"username": "ann"}, impersonatedUser={"username": "system:serviceaccount:ops:operator"}))
    assert [(call.actor, call.full_name) for call in made.calls] == [
        ("user:ann", "kube.impersonate-serviceaccounts"),
        ("sa:ops/operator", "kube.get-pods"),
    ]


def test_a_verb_that_nobody_uses_may_be_left_out_of_the_log() -> None:
    blind = read(request()).blind["", ""]
    assert "kube.delete-*" in blind
    assert "kube.get-*" not in blind


def test_a_path_is_a_request_too() -> None:
    assert seen(read(request(objectRef=None))) == [("sa:ops/operator", "kube.get-path", "", "done")]


# ---- GitHub


def audited(action: str, **more: Any) -> dict[str, Any]:
    return {"action": action, "actor": "ann", "org": "acme", "created_at": 1621305118553, **more}


def test_the_audit_log_of_github_says_what_was_done_to_which_repository() -> None:
    gone = audited("repo.destroy", repo="acme/old", operation_type="remove")
    made = read(audited("git.clone", repo="acme/shop"), gone)
    assert seen(made) == [
        ("github:ann", "github.git.clone", "repo acme/shop", "done"),
        ("github:ann", "github.repo.destroy", "repo acme/old", "done"),
    ]
    assert [(call.effect, call.time) for call in made.calls] == [("read", 1621305118.553), ("delete", 1621305118.553)]
    assert {"denials", "reads"} <= made.untold.keys()


# ---- a call a line


def test_an_outcome_that_is_none_is_taken_to_be_unknown_and_told() -> None:
    made = read(name="calls.jsonl", whole={"operation": "crm.read", "agent": "bot", "outcome": "ok", "colour": "red"})
    assert seen(made) == [("bot", "crm.read", "", "unknown")]
    assert made.untold.keys() == {"outcomes", "key colour", "denials"}


def test_a_tool_may_stand_apart_from_its_operation() -> None:
    line = {"tool": "crm v2.1", "operation": "read", "user": "ann", "timestamp": 1793577600}
    (call,) = read(name="calls.jsonl", whole=line).calls
    assert call == SeenCall("ann", "crm v2-1", "read", "ann", "done", 1793577600.0, mark="read")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2026-11-02T09:00:00Z", 1793610000.0),
        ("2026-11-02T10:00:00+0100", 1793610000.0),
        ("2026-11-02 09:00:00.5", 1793610000.5),
        (1793610000, 1793610000.0),
        (1793610000500, 1793610000.5),
        ("soon", None),
        (-1, None),
        (True, None),
        (1e300, None),
        (None, None),
    ],
)
def test_moments_as_logs_write_them(value: Any, seconds: float | None) -> None:
    assert moment_in(value) == seconds
