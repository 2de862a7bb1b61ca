"""How long the sessions of roles live, as far as any file tells.

A role says it itself (`MaxSessionDuration`), but not in an export of account details: `aws iam list-roles` and
`get-role` print it. Of a role of a permission set the set decides, and not the role, whose maximum is always 12 hours:
an hour unless it says otherwise
(https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from simkit.importers.aws.account import AwsPrincipal
from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.imported import TIME

DEFAULT_SESSION = 3600
"""Seconds that a session lives at most where nothing else is set, of a role and of a permission set alike."""
CHAINED = 3600
"""Seconds that a session lives which one role opens of another, at most (IAM user guide, "role chaining")."""
SHORTEST, LONGEST = 3600, 43_200
"""Between these the maximum of a role may be set (IAM user guide, "Update the maximum session duration")."""
ROLE_SESSION, PERMISSION_SET = "aws-role-session", "aws-identity-center"
"""What the catalogue of sessions calls them."""
_SET = re.compile(r"AWSReservedSSO_(.+)_[0-9a-f]{16}")
_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?")


@dataclass(slots=True)
class SessionLengths:
    """Seconds by the ARN of a role, and by the name of a permission set."""

    of_roles: dict[str, int] = field(default_factory=dict)
    of_sets: dict[str, int] = field(default_factory=dict)

    def of(self, role: AwsPrincipal, draft: Draft) -> int:
        """How long a session of `role` lives at most; assumed, and told, where no file says it."""
        chosen = permission_set(role)
        told = self.of_sets.get(chosen) if chosen else role.longest_session or self.of_roles.get(role.arn)
        if told is None:
            about = "permission sets" if chosen else "roles"
            command = "sso-admin describe-permission-set" if chosen else "iam list-roles"
            why = f"no file tells how long they may: `aws {command}` does"
            draft.assume(f"sessions of {about}", "they live an hour at most, as AWS sets it", why, TIME)
        return told or DEFAULT_SESSION

    def read_roles(self, body: Excerpt) -> None:
        """`aws iam list-roles` or `get-role`."""
        listed = body.each("Roles") if isinstance(body.value.get("Roles"), list) else iter([body.part("Role")])
        for each in listed:
            seconds = each.value.get("MaxSessionDuration")
            if each.has("Arn") and is_length(seconds):
                self.of_roles[each.text("Arn")] = seconds

    def read_set(self, body: Excerpt) -> None:
        """`aws sso-admin describe-permission-set`."""
        said = body.part("PermissionSet")
        self.add_set(said, "Name", "SessionDuration")

    def add_set(self, said: Excerpt, name: str, duration: str) -> None:
        """A permission set, whose name and duration stand under these keys."""
        seconds = in_seconds(said.text(duration)) if said.has(duration) else DEFAULT_SESSION
        if seconds is None:
            said.draft.leave(said.origin, "the duration of a permission set", "it is no duration such as PT8H")
        elif said.has(name):
            self.of_sets[said.text(name)] = seconds


def permission_set(role: AwsPrincipal) -> str:
    """The name of the permission set that the role is there for; empty for other roles."""
    found = _SET.fullmatch(role.principal.name) if "/aws-reserved/" in role.arn else None
    return found[1] if found else ""


def session_like(role: AwsPrincipal) -> str:
    """The system of the catalogue that sessions of the role are like."""
    return PERMISSION_SET if permission_set(role) else ROLE_SESSION


def is_length(seconds: object) -> bool:
    """True for a maximum that a role may have."""
    return isinstance(seconds, int) and not isinstance(seconds, bool) and SHORTEST <= seconds <= LONGEST


def in_seconds(text: str) -> int | None:
    """The seconds in a duration of ISO 8601 of hours, minutes and seconds; None where it is none.

    >>> in_seconds("PT8H"), in_seconds("PT1H30M"), in_seconds("8 h")
    (28800, 5400, None)
    """
    found = _DURATION.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds
