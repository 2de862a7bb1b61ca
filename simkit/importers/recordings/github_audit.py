"""The audit log of a GitHub organisation or enterprise: who did what; what was refused is not in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simkit.importers.recordings.log_times import moment_in
from simkit.importers.recordings.recorded import Recording, SeenCall, plain_name
from simkit.importers.secret_mark import secret_mark

TOOL = "github"
PAUSE = 1800.0
"""What one token does half an hour apart is taken to be two pieces of work (our assumption)."""
EFFECTS: Mapping[str, str] = {
    "access": "read",
    "authentication": "none",
    "create": "write",
    "modify": "write",
    "remove": "delete",
    "restore": "write",
    "transfer": "write",
}
"""By `operation_type` (GitHub, REST reference of the audit log)."""
READS = frozenset({"git.clone", "git.fetch", "repo.download_zip"})


def is_github_log(value: Any) -> bool:
    """True if `value` is an event of the audit log."""
    if not isinstance(value, dict) or not isinstance(value.get("action"), str) or "." not in value["action"]:
        return False
    named = isinstance(value.get("actor"), str) or isinstance(value.get("_document_id"), str)
    return named and bool({"org", "business", "repo", "created_at", "@timestamp", "operation_type"} & value.keys())


def read_github_log(values: list[Any], recording: Recording) -> None:
    """Put the events in `values` into `recording`."""
    recording.pause = PAUSE
    seen: set[str] = set()
    git = False
    for event in filter(is_github_log, values):
        mark = event.get("_document_id")
        if isinstance(mark, str) and mark in seen:
            continue
        if isinstance(mark, str):
            seen.add(mark)
        git = git or event["action"].startswith("git.")
        recording.add((_call(event),), "human")
    recording.blind["", ""] = ("github-token.read-*", "mcp:github.get_*", "mcp:github.list_*", "mcp:github.search_*")
    recording.tell_not("denials", "what was refused is not in an audit log")
    recording.tell_not("reads", "what is only read over the API is not in an audit log")
    recording.tell_not("threads", "pieces of work are told apart by tokens, and by pauses of half an hour")
    if not git:
        recording.tell_not("git", "it holds no git events: these have to be asked for, and end after seven days")


def _call(event: Mapping[str, Any]) -> SeenCall:
    actor, action = plain_name(event.get("actor")), plain_name(event["action"])
    token, mark = event.get("hashed_token"), event.get("_document_id")
    kind = event.get("operation_type")
    effect = "read" if action in READS else EFFECTS.get(kind, "write") if isinstance(kind, str) else "write"
    repository = plain_name(event.get("repo")) or plain_name(event.get("repository"))
    moment = next((event[key] for key in ("@timestamp", "created_at", "at_sign_timestamp") if event.get(key)), None)
    return SeenCall(
        actor=f"github:{actor}" if actor else "",
        tool=TOOL,
        operation=action,
        thread=secret_mark(token).replace("secret", "token") if isinstance(token, str) and token else actor,
        outcome="done",
        time=moment_in(moment),
        target=f"repo {repository}" if repository else "",
        effect=effect,
        mark=mark if isinstance(mark, str) else "",
    )
