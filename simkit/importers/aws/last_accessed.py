"""Which services and actions a principal used last, as `aws iam get-service-last-accessed-details` tells it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simkit.importers.aws.account import AwsAccounts, AwsPrincipal
from simkit.importers.draft import Draft
from simkit.importers.excerpt import Excerpt
from simkit.importers.file_place import FilePlace
from simkit.scenario.moments import seconds

TRACKED = 400 * 86400.0
"""Seconds that IAM looks back at least (IAM user guide, "Refine permissions using last accessed information")."""
LIST = "ServicesLastAccessed"
OWNER = "Arn"
"""The key that whoever saved the answer adds, for the answer does not say of whom it is."""
UNTRACKED = "PassRole"
"""IAM records no use of it (the same page)."""


@dataclass(frozen=True, slots=True)
class ServiceUse:
    """When a service was last used, and which of its actions are tracked, each with its last use; empty: none."""

    last: str
    actions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LastAccessed:
    """What one principal used, service by service, in the `over` seconds before the answer was made."""

    principal: str
    services: Mapping[str, ServiceUse]
    over: float
    place: FilePlace

    def calls(self, operations: Iterable[str]) -> Iterator[dict[str, Any]]:
        """The `operations` that it used, and those of which the answer cannot tell."""
        for operation in operations:
            tool, _, title = operation.partition(".")
            actions = title.partition(" ")[0].split("+")
            said = self._of(tool, [each for each in actions if each != UNTRACKED])
            if said is None or (said and len(actions) > 1 and UNTRACKED in actions):
                yield {"operation": operation, "outcome": "unknown"}
            elif said:
                yield {"operation": operation, "time": said}

    def _of(self, tool: str, actions: list[str]) -> str | None:
        """When all of `actions` were used: the first of the last times. Empty if one never was, None if it cannot be
        told."""
        service = self.services.get(tool)
        if service is None:
            return None
        if not service.last:
            return ""
        times = [service.actions.get(each) for each in actions]
        if "" in times:
            return ""
        known = [time for time in times if time]
        return min(known) if len(known) == len(times) and known else None


def is_last_accessed(value: Any) -> bool:
    """True for an answer of the AWS CLI about last use."""
    return isinstance(value, dict) and isinstance(value.get(LIST), list)


def read_last_accessed(body: Excerpt, accounts: AwsAccounts) -> LastAccessed | None:
    """What the answer tells; None, and told, where it is not known of whom."""
    services, entities = dict[str, ServiceUse](), dict[str, None]()
    for each in body.each(LIST):
        tracked = list(each.each("TrackedActionsLastAccessed")) if each.has("TrackedActionsLastAccessed") else []
        actions = {one.text("ActionName"): _moment(one, "LastAccessedTime") for one in tracked}
        services[each.text("ServiceNamespace")] = ServiceUse(_moment(each, "LastAuthenticated"), actions)
        for one, key in ((each, "LastAuthenticatedEntity"), *((one, "LastAccessedEntity") for one in tracked)):
            entities |= {one.text(key): None} if one.has(key) else {}
    named = [body.text(OWNER)] if body.has(OWNER) else list(entities)
    found = accounts.principals.get(named[0]) if len(named) == 1 else None
    if found is None:
        body.draft.leave(body.origin, "last-accessed data", f"it is not known of whom: add the key {OWNER} to it")
        return None
    return LastAccessed(found.arn, services, _over(found, _moment(body, "JobCompletionDate")), body.origin)


def _over(principal: AwsPrincipal, until: str) -> float:
    """For how long uses are recorded: since the principal is there, and no longer than IAM looks back."""
    made, end = seconds(principal.created) if principal.created else None, seconds(until) if until else None
    return TRACKED if made is None or end is None or end <= made else min(TRACKED, end - made)


def _moment(item: Excerpt, key: str) -> str:
    """The moment under `key` as the scenario writes it, in UTC as AWS says it; empty where there is none."""
    text = item.text(key) if item.has(key) else ""
    found = f"{text[:10]}T{text[11:19]}Z"
    return found if len(text) >= 19 and seconds(found) is not None else ""


def enter_uses(found: Iterable[LastAccessed], accounts: AwsAccounts, draft: Draft) -> None:
    """Put what principals used into `draft`, one run for each of them that sums it up."""
    for each in found:
        name = accounts.principals[each.principal].name
        roles = draft.sections["identities"][name].get("roles", ())
        given = (e["operation"] for role in roles for e in draft.sections["roles"][role]["entitlements"])
        calls = list(each.calls(dict.fromkeys(given)))
        run = {"identity": name, "calls": calls, "over": f"{each.over:.0f}s", "source": each.place.file}
        draft.observed.append(run)
