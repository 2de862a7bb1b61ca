"""Audit events of Kubernetes: one request is told in several stages, and the last that is there counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simkit.importers.kubernetes.powers import PLAIN, powers
from simkit.importers.recordings.log_times import moment_in
from simkit.importers.recordings.recorded import Recording, SeenCall, plain_name
from simkit.rbac import RbacRule

PAUSE = 600.0
"""Requests of one account ten minutes apart are taken to be two pieces of work (our assumption)."""
STAGES = ("RequestReceived", "ResponseStarted", "Panic", "ResponseComplete")
"""In the order in which they come (kubernetes.io, "Auditing")."""
ACCOUNT = "system:serviceaccount:"
EFFECTLESS = "none"


def is_audit(value: Any) -> bool:
    """True if `value` is an audit event, or a list of them."""
    return any(True for _ in _events(value))


def read_audit(values: list[Any], recording: Recording) -> None:
    """Put the requests in `values` into `recording`."""
    recording.pause = PAUSE
    last: dict[str, Mapping[str, Any]] = {}
    for number, event in enumerate(event for value in values for event in _events(value)):
        given = event.get("auditID")
        key = given if isinstance(given, str) and given else str(number)
        if key not in last or _stage(event) >= _stage(last[key]):
            last[key] = event
    verbs: set[str] = set()
    for event in last.values():
        verbs.add(str(event.get("verb")))
        for call in _calls(event):
            recording.add((call,), "service" if call.actor.startswith("sa:") or ":system:" in call.actor else "human")
    recording.tell_not("threads", "pieces of work are told apart by accounts, and by pauses of ten minutes")
    unseen = [verb for verb in PLAIN if verb not in verbs]
    if unseen:
        recording.blind["", ""] = tuple(f"kube.{verb}-*" for verb in unseen)
        recording.tell_not("verbs", f"nobody is seen to {', '.join(unseen)}: the audit policy may leave these out")


def _events(value: Any) -> Iterator[Mapping[str, Any]]:
    if not isinstance(value, dict):
        return
    version = value.get("apiVersion")
    if not isinstance(version, str) or not version.startswith("audit.k8s.io/"):
        return
    if value.get("kind") == "Event":
        yield value
    items = value.get("items")
    for each in items if isinstance(items, list) else ():
        if isinstance(each, dict):
            yield each


def _stage(event: Mapping[str, Any]) -> int:
    stage = event.get("stage")
    return STAGES.index(stage) if stage in STAGES else -1


def account(username: object) -> str:
    """The identity that the importer of manifests makes of a user.

    >>> account("system:serviceaccount:ops:operator"), account("ann")
    ('sa:ops/operator', 'user:ann')
    """
    name = plain_name(username)
    if name.startswith(ACCOUNT):
        namespace, _, own = name.removeprefix(ACCOUNT).partition(":")
        return f"sa:{namespace}/{own}"
    return f"user:{name}" if name else ""


def _calls(event: Mapping[str, Any]) -> Iterator[SeenCall]:
    user = account(_part(event, "user").get("username"))
    acted = account(_part(event, "impersonatedUser").get("username"))
    if acted:
        kind = "serviceaccounts" if acted.startswith("sa:") else "users"
        yield _seen(event, user, "impersonate", kind, "", acted)
    about = _part(event, "objectRef")
    verb, resource = plain_name(event.get("verb")), plain_name(about.get("resource"))
    if not verb:
        return
    if not resource:
        yield _seen(event, acted or user, verb, "", "", "")
        return
    sub = plain_name(about.get("subresource"))
    full = f"{resource}/{sub}" if sub else resource
    namespace, name = plain_name(about.get("namespace")), plain_name(about.get("name"))
    place = "/".join(part for part in (namespace, resource, name if resource == "secrets" else "") if part)
    yield _seen(event, acted or user, verb, full, plain_name(about.get("apiGroup")), place)


def _seen(event: Mapping[str, Any], actor: str, verb: str, resource: str, group: str, target: str) -> SeenCall:
    if resource:
        power = powers(RbacRule((verb,), (group,), (resource,)), resource, verb)[0]
        tool, _, operation = power.operation.partition(".")
        effect = power.effect
    else:
        tool, operation, effect = "kube", f"{verb}-path", "read"
    mark = event.get("auditID")
    return SeenCall(
        actor=actor,
        tool=tool,
        operation=operation,
        thread=actor,
        outcome=_outcome(event),
        time=moment_in(event.get("requestReceivedTimestamp")),
        target=target,
        effect=effect,
        mark=mark if isinstance(mark, str) else "",
    )


def _outcome(event: Mapping[str, Any]) -> str:
    decision = _part(event, "annotations").get("authorization.k8s.io/decision")
    code = _part(event, "responseStatus").get("code")
    if decision == "forbid" or code == 401 or (code == 403 and decision != "allow"):
        return "denied"
    if event.get("stage") == "RequestReceived":
        return "unknown"
    if event.get("stage") == "Panic":
        return "failed"
    return "failed" if isinstance(code, int) and code >= 400 else "done"


def _part(value: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}
