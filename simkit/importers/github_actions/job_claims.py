"""What the token that GitHub signs for a job says of it, as far as the workflow decides it.

Source: docs.github.com, "OpenID Connect reference", the claims of the token. The owner and the name of the repository,
and with them the whole of `sub`, are in no workflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

_GLOB = frozenset("*?+[]!")


def claims(on: object, environment: str, *, own_runner: bool, audiences: Iterable[str]) -> Mapping[str, str]:
    """The claims that are the same in every run of a job, by name.

    `on` is what starts its workflow. Where runs differ, as those of several branches do, nothing is claimed.

    >>> claims({"push": {"branches": ["main"]}}, "", own_runner=False, audiences=["sts.amazonaws.com"])["ref"]
    'refs/heads/main'
    """
    found = {"environment": environment} if environment else {}
    events = _events(on)
    if len(events) == 1:
        found["event_name"] = events[0]
        found |= _ref(on.get("push") if isinstance(on, dict) and events == ["push"] else None)
    found["runner_environment"] = "self-hosted" if own_runner else "github-hosted"
    named = list(dict.fromkeys(audiences))
    return found | ({"aud": named[0]} if len(named) == 1 else {})


def _events(on: object) -> list[str]:
    listed = [on] if isinstance(on, str) else on if isinstance(on, list | dict) else ()
    return [each for each in listed if isinstance(each, str)]


def _ref(push: Any) -> dict[str, str]:
    """The branch or the tag, where it can be but one."""
    if not isinstance(push, dict):
        return {}
    branches, tags = push.get("branches"), push.get("tags")
    for listed, other, kind, start in (
        (branches, tags, "branch", "refs/heads/"),
        (tags, branches, "tag", "refs/tags/"),
    ):
        one = listed[0] if isinstance(listed, list) and len(listed) == 1 else listed
        if isinstance(one, str) and one and other is None and not _GLOB & set(one):
            return {"ref": f"{start}{one}", "ref_type": kind}
    return {}
