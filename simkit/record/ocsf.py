"""Lines of the log as events of the Open Cybersecurity Schema Framework, version 1.8.0 (https://schema.ocsf.io/1.8.0).

Class and activity numbers are those of the schema's own files (`events/iam/authentication.json` and its neighbours in
https://github.com/ocsf/ocsf-schema); a class's number is its category times 1000 plus its own, a type's number is its
class times 100 plus its activity. What the schema has no field for stands under `unmapped`, as the schema says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VERSION = "1.8.0"
Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class EventClass:
    """A class of events: its number, its names, and its activities by number."""

    uid: int
    name: str
    category: str
    activities: Mapping[int, str]

    @property
    def category_uid(self) -> int:
        """The number of its category."""
        return self.uid // 1000


OTHER = 99
_EITHER = {0: "Unknown", OTHER: "Other"}
IAM = "Identity & Access Management"

BASE = EventClass(0, "Base Event", "Uncategorized", _EITHER)
FINDING = EventClass(2004, "Detection Finding", "Findings", {1: "Create", 2: "Update", 3: "Close", **_EITHER})
ACCOUNT = EventClass(3001, "Account Change", IAM, {5: "Disable", 6: "Delete", 8: "Detach Policy", **_EITHER})
AUTHENTICATION = EventClass(3002, "Authentication", IAM, {1: "Logon", 2: "Logoff", 7: "Account Switch", **_EITHER})
AUTHORIZE = EventClass(3003, "Authorize Session", IAM, {1: "Assign Privileges", **_EITHER})
ENTITY = EventClass(3004, "Entity Management", IAM, {1: "Create", 3: "Update", 11: "Deactivate", **_EITHER})
API = EventClass(
    6003, "API Activity", "Application Activity", {1: "Create", 2: "Read", 3: "Update", 4: "Delete", **_EITHER}
)
REMEDIATION = EventClass(
    7001, "Remediation Activity", "Remediation", {1: "Isolate", 2: "Evict", 3: "Restore", 4: "Harden", **_EITHER}
)
CLASSES = {each.uid: each for each in (BASE, FINDING, ACCOUNT, AUTHENTICATION, AUTHORIZE, ENTITY, API, REMEDIATION)}

LOGON, LOGOFF, SWITCH, ASSIGN = 1, 2, 7, 1
CREATE, READ, UPDATE, DELETE, DEACTIVATE = 1, 2, 3, 4, 11
BY_EFFECT = {"read": READ, "write": UPDATE, "delete": DELETE, "mint": CREATE} | dict.fromkeys(
    ("grant", "lift", "silence"), UPDATE
)
"""The activity of an API call by the effect of its operation; other effects are `Other`."""
EVICT = 2
BY_ACTION = {"disable": 5, "delete": 6, "remove-entitlement": 8}
"""The activity of an account change by the action of responders; other actions remove the attack, not an account."""

SUCCESS, FAILURE = (1, "Success"), (2, "Failure")
USER_TYPES = {"human": (1, "User"), "service": (3, "System"), "workload": (3, "System")}
"""The schema's user types; an agent, a pipeline and a model are `Other`, with the kind as the type's name."""

NOTHING_THERE: Line = {"status_id": 3, "status": "Does Not Exist", "status_detail": "there was nothing that it ends"}
"""How a remediation went whose target does not exist."""


def typed(event_class: EventClass, activity: int) -> Line:
    """The fields that say what kind of event it is.

    >>> typed(AUTHENTICATION, LOGON)["type_uid"]
    300201
    """
    return {
        "activity_id": activity,
        "activity_name": event_class.activities[activity],
        "category_uid": event_class.category_uid,
        "category_name": event_class.category,
        "class_uid": event_class.uid,
        "class_name": event_class.name,
        "type_uid": event_class.uid * 100 + activity,
        "severity_id": 1,
        "severity": "Informational",
    }


def status(succeeded: bool, detail: str) -> Line:
    """The fields that say how it went, and why."""
    number, name = SUCCESS if succeeded else FAILURE
    return {"status_id": number, "status": name, "status_detail": detail}


def user(name: str, kind: str = "") -> Line:
    """A user object for the identity `name`."""
    number, text = USER_TYPES.get(kind, (OTHER, kind or "unknown"))
    return {"name": name, "uid": name, "type_id": number, "type": text}


def iso_duration(milliseconds: int) -> str:
    """`milliseconds` since the start, as ISO 8601 writes a duration.

    >>> iso_duration(0), iso_duration(870_000), iso_duration(90_061_500)
    ('PT0S', 'PT14M30S', 'P1DT1H1M1.5S')
    """
    days, rest = divmod(milliseconds, 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds = f"{rest // 1000}.{rest % 1000:03}".rstrip("0").rstrip(".")
    time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n) + (f"{seconds}S" if rest else "")
    if not time and not days:
        return "PT0S"
    return "P" + (f"{days}D" if days else "") + (f"T{time}" if time else "")
