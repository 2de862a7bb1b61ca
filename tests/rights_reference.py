"""What AWS decides on a request of which everything is known, as a definition: short, slow, from policies as JSON.

Shares nothing with simkit.rights. A request is a dict: `caller` (kind, arn, account, session), `action`, `resource`,
`account` of the resource, `context` (lower-case key -> list of values), `identity`, `boundary`, `session`, `levels`,
`on_resource`: policies as JSON has them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from typing import Any

Json = Any
STAR, QUESTION = object(), object()


def allowed(request: Json) -> bool:
    """The whole evaluation logic: no denial anywhere, a ceiling that lets it through, and a grant."""
    caller = request["caller"]
    limits = [request["boundary"]] if request["boundary"] else []
    everything = [*request["identity"], *limits, *request["session"], *request["on_resource"]]
    everything += [policy for level in request["levels"] for policy in level]
    if any(applies(each, policy, request) for policy in everything for each in statements(policy, "Deny")):
        return False
    if request["action"].lower() == "sts:assumerole" and caller["kind"] in ("root", "federated user"):
        return False
    own_account = caller["account"] == request["account"]
    if not all(grants(level, request) for level in request["levels"]):
        return False
    within_session = grants(request["session"], request) if request["session"] else caller["kind"] != "federated user"
    within = within_session and (not limits or grants(limits, request))
    by_identity = within and (caller["kind"] == "root" or grants(request["identity"], request))
    named = {how for how in ("itself", "role", "account") if let_in(request, how)}
    if caller["kind"] == "service":
        return "itself" in named
    if not own_account:
        return by_identity and bool(named)
    closely = "itself" in named or ("role" in named and within)
    if request["action"].lower() == "sts:assumerole" and ":role/" in request["resource"]:
        return closely or ("account" in named and by_identity)
    return closely or by_identity


def statements(policy: Json, effect: str) -> Iterator[Json]:
    listed = policy["Statement"]
    return (each for each in (listed if isinstance(listed, list) else [listed]) if each["Effect"] == effect)


def grants(policies: list[Json], request: Json) -> bool:
    return any(applies(each, policy, request) for policy in policies for each in statements(policy, "Allow"))


def let_in(request: Json, how: str) -> bool:
    return any(
        applies(each, policy, request, how) for policy in request["on_resource"] for each in statements(policy, "Allow")
    )


def applies(statement: Json, policy: Json, request: Json, how: str = "") -> bool:
    """Whether the statement is about this request; `how`: and names the caller in just this way."""
    variables = policy.get("Version") == "2012-10-17"
    return (
        names(statement, request["caller"], how)
        and about(statement, "Action", lambda text: like(plain(text.lower()), request["action"].lower()))
        and about(statement, "Resource", lambda text: is_like(text, request["resource"], request, variables))
        and all(
            clause(written, key.lower(), listed(values), request, variables)
            for written, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def about(statement: Json, element: str, test: Callable[[str], bool]) -> bool:
    if f"Not{element}" in statement:
        return not any(test(text) for text in listed(statement[f"Not{element}"]))
    return element not in statement or any(test(text) for text in listed(statement[element]))


def names(statement: Json, caller: Json, how: str) -> bool:
    if "NotPrincipal" in statement:
        found = ways(statement["NotPrincipal"], caller)
        if statement["Effect"] == "Allow":
            return not found and how in ("", "itself")
        free = "itself" in found if caller["kind"] in ("root", "service") else "account" in found and len(found) > 1
        return bool(caller["boundary"]) or not free
    if "Principal" not in statement:
        return True
    found = ways(statement["Principal"], caller)
    return how in found if how else bool(found)


def ways(principal: Json, caller: Json) -> set[str]:
    """In which ways a principal element names the caller."""
    if principal == "*":
        return {"itself"}
    found = set()
    for kind, values in principal.items():
        for name in listed(values):
            if kind == "Service":
                found |= {"itself"} if caller["kind"] == "service" and name == caller["arn"] else set()
            elif caller["kind"] != "service":
                found |= way(name, caller)
    return found


def way(name: str, caller: Json) -> set[str]:
    if name == "*" or name == caller.get("session"):
        return {"itself"}
    if name in (caller["account"], f"arn:aws:iam::{caller['account']}:root"):
        return {"itself"} if caller["kind"] == "root" else {"account"}
    if name == caller["arn"]:
        return {"itself"} if caller["kind"] == "user" else {"role"}
    return set()


def plain(text: str) -> list[Any]:
    return [{"*": STAR, "?": QUESTION}.get(mark, mark) for mark in text]


def like(pattern: list[Any], text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] is STAR:
        return like(pattern[1:], text) or (bool(text) and like(pattern, text[1:]))
    return bool(text) and pattern[0] in (QUESTION, text[0]) and like(pattern[1:], text[1:])


def replaced(text: str, request: Json, variables: bool, wildcards: bool) -> list[Any] | None:
    """The text with its variables replaced by plain characters; None where one has no value."""
    found: list[Any] = []
    while variables and "${" in text:
        before, _, rest = text.partition("${")
        inside, _, text = rest.partition("}")
        key, _, default = inside.partition(", ")
        values = request["context"].get(key.lower()) or ([default.strip("'")] if default else [])
        if not values:
            return None
        found += [*(plain(before) if wildcards else before), *values[0]]
    return [*found, *(plain(text) if wildcards else text)]


def is_like(text: str, given: str, request: Json, variables: bool) -> bool:
    pattern = replaced(text, request, variables, True)
    return pattern is not None and like(pattern, given)


def clause(written: str, key: str, wanted: list[Json], request: Json, variables: bool) -> bool:
    quantifier, _, name = written.rpartition(":")
    given = request["context"].get(key)
    if name == "Null":
        return any((given is None) == (value == "true") for value in wanted)
    there_or_not, name = name.endswith("IfExists"), name.removesuffix("IfExists")
    negated = "Not" in name
    if given is None and (there_or_not or quantifier == "ForAllValues"):
        return True
    if given is None:
        return negated and quantifier != "ForAnyValue"
    if quantifier == "ForAllValues":
        return all(one(name, value, wanted, request, variables) != negated for value in given)
    return any(one(name, value, wanted, request, variables) != negated for value in given)


def one(name: str, given: str, wanted: list[Json], request: Json, variables: bool) -> bool:
    return any(same(name.replace("Not", ""), given, value, request, variables) for value in wanted)


def same(name: str, given: str, wanted: str, request: Json, variables: bool) -> bool:
    if name.startswith(("String", "Arn")):
        pattern = replaced(wanted, request, variables, name in ("StringLike", "ArnLike", "ArnEquals"))
        if pattern is None:
            return False
        if name.startswith("Arn"):
            return parts_alike(pattern, given)
        if name == "StringEqualsIgnoreCase":
            return [mark.lower() for mark in pattern] == list(given.lower())
        return like(pattern, given)
    if name == "Bool":
        return given.lower() == wanted.lower()
    if name == "IpAddress":
        return ipaddress.ip_address(given) in ipaddress.ip_network(wanted)
    number, bound = float(given), float(wanted)
    return {
        "Equals": number == bound,
        "LessThan": number < bound,
        "LessThanEquals": number <= bound,
        "GreaterThan": number > bound,
        "GreaterThanEquals": number >= bound,
    }[name.removeprefix("Numeric").removeprefix("Date")]


def parts_alike(pattern: list[Any], given: str) -> bool:
    parts: list[list[Any]] = [[]]
    for mark in pattern:
        if mark == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(mark)
    values = given.split(":", 5)
    return parts == [[STAR]] or (len(parts) == len(values) == 6 and all(map(like, parts, values)))
