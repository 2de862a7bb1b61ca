"""Events of AWS CloudTrail: who called which action, on what, and whether it was refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from simkit.importers.recordings.log_times import moment_in
from simkit.importers.recordings.recorded import Recording, SeenCall, plain_name
from simkit.importers.secret_mark import secret_mark

TOOL = "aws"
PAUSE = 1800.0
"""Calls with one key half an hour apart are taken to be two pieces of work (our assumption)."""
PREFIXES: Mapping[str, str] = {
    "monitoring": "cloudwatch",
    "email": "ses",
    "tagging": "tag",
    "streams.dynamodb": "dynamodb",
    "runtime.lex": "lex",
    "models.lex": "lex",
    "cloudcontrolapi": "cloudformation",
    "appstream2": "appstream",
    "mturk-requester": "mechanicalturk",
}
"""What IAM calls a service that CloudTrail calls otherwise (AWS, Service Authorization Reference)."""
ACTIONS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("s3", "HeadObject"): ("GetObject",),
    ("s3", "HeadBucket"): ("ListBucket",),
    ("s3", "ListObjects"): ("ListBucket",),
    ("s3", "ListObjectVersions"): ("ListBucketVersions",),
    ("s3", "ListBuckets"): ("ListAllMyBuckets",),
    ("s3", "DeleteObjects"): ("DeleteObject",),
    ("s3", "CreateMultipartUpload"): ("PutObject",),
    ("s3", "UploadPart"): ("PutObject",),
    ("s3", "CompleteMultipartUpload"): ("PutObject",),
    ("s3", "CopyObject"): ("GetObject", "PutObject"),
    ("s3", "UploadPartCopy"): ("GetObject", "PutObject"),
    ("s3", "PutBucketLifecycle"): ("PutLifecycleConfiguration",),
    ("s3", "PutBucketEncryption"): ("PutEncryptionConfiguration",),
    ("s3", "DeleteBucketEncryption"): ("PutEncryptionConfiguration",),
    ("s3", "PutBucketReplication"): ("PutReplicationConfiguration",),
    ("lambda", "Invoke"): ("InvokeFunction",),
}
"""The IAM actions that a call needs, where they are not called as it (AWS, "Required permissions for Amazon S3 API
operations", Service Authorization Reference). A copy reads one object and writes another."""
DATA = ("s3:*Object*", "lambda:InvokeFunction", "dynamodb:*Item*", "dynamodb:Query", "dynamodb:Scan", "sqs:*Message*")
"""Actions that a trail logs only where somebody asked for data events (AWS, "Logging data events")."""
_VERSION = re.compile(r"(?:20\d{6}|20\d\d_\d\d_\d\d)(?:v\d+)?$")
_REFUSED = re.compile(r"AccessDenied|Unauthorized|Forbidden|NotAuthorized|AuthFailure", re.IGNORECASE)
_STRANGER = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "SignatureDoesNotMatch"})
_THROTTLED = re.compile(r"Throttl|RequestLimitExceeded|SlowDown|RequestExpired")
_DELETES = ("Delete", "Terminate", "Remove", "Purge")
_ASSUMED = re.compile(r"^arn:([\w-]+):sts::(\d+):assumed-role/([^/]+)")


def is_trail(value: Any) -> bool:
    """True if `value` is an event of CloudTrail, or a file of them."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("eventSource"), str) or any(True for _ in _events(value))


def read_trail(values: list[Any], recording: Recording) -> None:
    """Put the calls in `values` into `recording`."""
    recording.pause = PAUSE
    data = reads = services = 0
    seen: set[str] = set()
    for event in (event for value in values for event in _events(value)):
        said = event.get("eventID")
        if isinstance(said, str) and said in seen:
            continue
        if isinstance(said, str):
            seen.add(said)
        actor, kind = caller(event.get("userIdentity"))
        if kind == "service":
            services += 1
            continue
        data += str(event.get("managementEvent")).lower() == "false" or event.get("eventCategory") == "Data"
        reads += str(event.get("readOnly")).lower() == "true"
        recording.add(_calls(event, actor), "service")
        _assumed(event, actor, recording)
    if services:
        recording.tell_not("services", f"{services:,} events are AWS's own: for whom, they do not say")
    recording.tell_not("threads", "pieces of work are told apart by keys, and by pauses of half an hour")
    if not data:
        recording.blind["", ""] = tuple(f"{TOOL}.{glob}" for glob in DATA)
        recording.tell_not("data events", "it holds none: what was done to objects, items and functions is not in it")
    if not reads:
        recording.tell_not("reads", "it holds no event that only reads: the trail may leave them out")


def _events(value: Any) -> Iterator[Mapping[str, Any]]:
    """The events in a log file, in an answer of `lookup-events`, or in a line."""
    if not isinstance(value, dict):
        return
    for each in _listed(value, "Records"):
        yield each
    for each in _listed(value, "Events"):
        text = each.get("CloudTrailEvent")
        if isinstance(text, str):
            try:
                event = json.loads(text)
            except (ValueError, RecursionError):
                continue
            if isinstance(event, dict):
                yield event
    if isinstance(value.get("eventSource"), str):
        yield value


def caller(said: Any) -> tuple[str, str]:
    """The name of who called, and `service` for a service of AWS.

    >>> caller({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/deploy/session"})
    ('1:role/deploy', 'role')
    """
    if not isinstance(said, dict):
        return "", ""
    if said.get("type") == "AWSService":
        return "", "service"
    issuer = said.get("sessionContext")
    issuer = issuer.get("sessionIssuer") if isinstance(issuer, dict) else None
    arn = issuer.get("arn") if isinstance(issuer, dict) and isinstance(issuer.get("arn"), str) else said.get("arn")
    if isinstance(arn, str) and arn:
        found = _ASSUMED.match(arn)
        return (plain_name(f"{found[2]}:role/{found[3]}"), "role") if found else (shown(arn), "role")
    account, user = said.get("accountId"), said.get("userName")
    if isinstance(user, str) and user:
        return plain_name(f"{account}:user/{user}" if isinstance(account, str) else f"user/{user}"), "user"
    return (plain_name(f"account {account}"), "account") if isinstance(account, str) and account else ("", "")


def shown(arn: str) -> str:
    """The account and the last part of an ARN, or the whole text where it has none."""
    parts = arn.split(":", 5)
    return plain_name(f"{parts[4]}:{parts[5]}" if len(parts) == 6 and parts[4] and parts[5] else arn)


def actions(source: str, name: str) -> tuple[str, ...]:
    """The IAM actions that an event stands for.

    >>> actions("monitoring.amazonaws.com", "PutMetricData"), actions("lambda.amazonaws.com", "Invoke20150331v2")
    (('cloudwatch:PutMetricData',), ('lambda:InvokeFunction',))
    """
    service = source.removesuffix(".amazonaws.com")
    service, name = PREFIXES.get(service, service), _VERSION.sub("", name)
    return tuple(f"{service}:{each}" for each in ACTIONS.get((service, name), (name,)))


def _calls(event: Mapping[str, Any], actor: str) -> Iterator[SeenCall]:
    source, name = event.get("eventSource"), event.get("eventName")
    if not isinstance(source, str) or not isinstance(name, str) or event.get("eventType") == "AwsConsoleSignIn":
        return
    targets = _targets(event)
    made = actions(source, name)
    for index, action in enumerate(made):
        target = targets[index] if len(targets) == len(made) else targets[-1] if targets else ""
        reads = str(event.get("readOnly")).lower() == "true"
        if len(made) == 2:
            reads = index == 0
        effect = "read" if reads else "delete" if action.partition(":")[2].startswith(_DELETES) else "write"
        operation = plain_name(action)
        if operation:
            yield SeenCall(
                actor=actor,
                tool=TOOL,
                operation=operation,
                thread=_thread(event, actor),
                outcome=_outcome(event.get("errorCode")),
                time=moment_in(event.get("eventTime")),
                target=target,
                effect="none" if source.startswith(("sts.", "signin.")) else effect,
                mark=_text(event.get("eventID")),
            )


def _thread(event: Mapping[str, Any], actor: str) -> str:
    said = event.get("userIdentity")
    key = said.get("accessKeyId") if isinstance(said, dict) else None
    return secret_mark(key).replace("secret", "key") if isinstance(key, str) and key else actor


def _outcome(code: Any) -> str:
    if not isinstance(code, str) or not code:
        return "done"
    if _REFUSED.search(code) or code in _STRANGER:
        return "denied"
    return "unknown" if _THROTTLED.search(code) else "failed"


def _targets(event: Mapping[str, Any]) -> list[str]:
    """What it was done to: for a copy where from and where to. Names of objects are not copied, buckets' are."""
    given = event.get("requestParameters")
    given = given if isinstance(given, dict) else {}
    bucket, source = given.get("bucketName"), given.get("x-amz-copy-source")
    if isinstance(bucket, str) and bucket:
        own = plain_name(f"s3:{bucket}")
        if isinstance(source, str) and source.strip("/"):
            return [plain_name(f"s3:{source.lstrip('/').partition('/')[0]}"), own]
        return [own]
    for each in _listed(event, "resources"):
        arn = each.get("arn") or each.get("ARN")
        if isinstance(arn, str) and arn.startswith("arn:"):
            return [shown(arn)]
    return []


def _assumed(event: Mapping[str, Any], actor: str, recording: Recording) -> None:
    """Who became which role."""
    given = event.get("requestParameters")
    role = given.get("roleArn") if isinstance(given, dict) else None
    name = event.get("eventName")
    if (
        actor
        and isinstance(name, str)
        and name.startswith("AssumeRole")
        and isinstance(role, str)
        and not event.get("errorCode")
    ):
        taken = shown(role)
        if taken and taken != actor:
            recording.names(taken, "service", _text(event.get("eventID")))
            recording.handed[actor, taken] = None


def _listed(value: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    found = value.get(key)
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict):
            yield each


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
