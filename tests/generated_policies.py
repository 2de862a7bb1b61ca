"""Generated policies and requests of AWS, told twice: for `rights_reference`, as JSON, and for simkit.rights.

The world is small and grants are broad, so that statements meet and about a quarter of the requests are allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from simkit.rights import (
    Caller,
    CredentialKind,
    Level,
    Organization,
    Origin,
    PolicyDocument,
    Principal,
    Request,
    Target,
    policy_document,
)

Json = Any
Thing = TypeVar("Thing")
HOME, AWAY = "111122223333", "444455556666"
USER, ROLE = f"arn:aws:iam::{HOME}:user/ann", f"arn:aws:iam::{HOME}:role/app"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/app/run"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/guest"
SERVICE = "lambda.amazonaws.com"
ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:PassRole", "sts:AssumeRole")
ACTION_PATTERNS = (
    "*",
    "s3:*",
    "S3:get*",
    "s3:?etObject",
    "*:*Object",
    "iam:PassRole",
    "sts:*",
    "s3:Put*",
    "sts:Assume*",
)
RESOURCES = ("arn:aws:s3:::logs/ann/a", "arn:aws:s3:::logs/red", f"arn:aws:iam::{HOME}:role/app2")
RESOURCE_PATTERNS = (
    *("*", "arn:aws:s3:::logs/*", "arn:aws:s3:::logs/${aws:username}/*", "arn:aws:iam::*:role/*", "arn:aws:s3:::*/?ed"),
    *("arn:aws:s3:::logs/${aws:PrincipalTag/team, 'red'}", "arn:aws:s3:::*s/*n*/a", f"arn:aws:iam::{HOME}:role/app2"),
)
PRINCIPALS = (USER, ROLE, SESSION, FEDERATED, HOME, f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{AWAY}:root")
"""Not {"AWS": "*"}: whether it names a service, no page says."""

# key -> values that a request may have, values that a policy may ask for, operators
SINGLE: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "aws:referer": (
        ("red", "Red", "blue", ""),
        ("red", "r*", "*", "b?ue", "${aws:username}", "${*}"),
        *(("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"),),
    ),
    "s3:max-keys": (
        ("5", "10", "12.5"),
        ("10", "12.50", "7"),
        *(("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals"),),
    ),
    "aws:multifactorauthpresent": (("true", "false"), ("true", "false"), ("Bool",)),
    "aws:sourceip": (("10.1.2.3", "192.168.0.9"), ("10.0.0.0/8", "192.168.0.9/32"), ("IpAddress", "NotIpAddress")),
    "aws:principalarn": (
        (),
        (USER, "arn:aws:iam::*:role/*", "*", "arn:aws:iam::*"),
        ("ArnLike", "ArnNotLike", "ArnEquals"),
    ),
    "aws:username": ((), ("ann", "a*", "bob"), ("StringLike", "StringNotEquals")),
    "aws:principaltag/team": (("red", "blue"), ("red", "${aws:username}"), ("StringEquals", "StringNotEquals")),
}
SEVERAL = (("red", "blue", "green"), ("red", "b*", "green", "*"), ("StringLike", "StringNotLike", "StringEquals"))
TAGS = "aws:tagkeys"


@dataclass(frozen=True)
class Case:
    """A request told twice; `known` are the keys that `request` tells, `context` all that it carries."""

    reference: Json
    request: Request
    organization: Organization | None


CALLERS: dict[str, tuple[Json, CredentialKind]] = {
    "user": ({"kind": "user", "arn": USER}, CredentialKind.LONG_TERM_KEY),
    "root": ({"kind": "root", "arn": f"arn:aws:iam::{HOME}:root"}, CredentialKind.LONG_TERM_KEY),
    "role": ({"kind": "role", "arn": ROLE, "session": SESSION}, CredentialKind.ROLE_SESSION),
    "federated": ({"kind": "federated user", "arn": USER, "session": FEDERATED}, CredentialKind.FEDERATED_USER_SESSION),
    "service": ({"kind": "service", "arn": SERVICE}, CredentialKind.SERVICE),
}
TELLABLE = [key for key, (values, _, _) in SINGLE.items() if values] + [TAGS]
"""Keys that a test may tell; the others follow from the caller."""


def some(random: Random, things: Sequence[Thing], least: int = 1, most: int = 2) -> list[Thing]:
    return random.sample(list(things), random.randint(least, min(most, len(things))))


def conditions(random: Random) -> Json:
    found: Json = {}
    for key in some(random, [*SINGLE, TAGS]):
        _, wanted, operators = SEVERAL if key == TAGS else SINGLE[key]
        written = random.choice([*operators, *operators, "Null"])
        if written == "Null":
            wanted = ("true", "false")
        else:
            quantifier = random.choice(("ForAllValues:", "ForAnyValue:")) if key == TAGS else ""
            ending = random.choice(("", "", "IfExists")) if quantifier != "ForAnyValue:" else ""
            written = f"{quantifier}{written}{ending}"
        found.setdefault(written, {})[random.choice((key, key.upper()))] = some(random, wanted)
    return found


def statement(random: Random, *, attached: str = "identity", effect: str = "") -> Json:
    effect = effect or random.choices(("Allow", "Deny"), (8, 1))[0]
    action, resource = (
        random.choices(("Action", "NotAction"), (5, 1)),
        random.choices(("Resource", "NotResource"), (5, 1)),
    )
    found: Json = {"Effect": effect}
    found[action[0]] = some(random, ACTION_PATTERNS)
    found[resource[0]] = some(random, RESOURCE_PATTERNS)
    if attached == "resource":
        found |= principals(random, effect)
    return found | {"Condition": conditions(random)} if random.random() < 0.4 else found


def principals(random: Random, effect: str) -> Json:
    """What is documented only: with NotPrincipal an account alone says too little."""
    roll = random.random()
    if roll < 0.15:
        names = some(random, (USER, ROLE), 0)
        more = [HOME] if effect == "Deny" else []
        return {"NotPrincipal": {"AWS": [*names, *more] if names else [f"arn:aws:iam::{AWAY}:user/eve"]}}
    if roll < 0.25:
        return {"Principal": "*"}
    return {"Principal": {"AWS": some(random, PRINCIPALS), "Service": random.choice((SERVICE, "ec2.amazonaws.com"))}}


def policy(random: Random, attached: str = "identity") -> Json:
    version = random.choices(("2012-10-17", "2008-10-17"), (5, 1))[0]
    count = random.randint(1, 4)
    found = [statement(random, attached=attached) for _ in range(count)]
    if random.random() < 0.5:
        found[0] |= {"Effect": "Allow", "Action": "*"}
        found[0].pop("NotAction", None)
    return {"Version": version, "Statement": found}


def policies(random: Random, least: int, most: int, attached: str = "identity") -> list[Json]:
    return [policy(random, attached) for _ in range(random.randint(least, most))]


def context(random: Random, who: str) -> dict[str, list[str]]:
    """All that a request of `who` carries of the keys above."""
    found = {key: [random.choice(SINGLE[key][0])] for key in TELLABLE[:-1] if random.random() < 0.6}
    if random.random() < 0.6:
        found[TAGS] = some(random, SEVERAL[0])
    reference, kind = CALLERS[who]
    if kind == CredentialKind.LONG_TERM_KEY:
        found.pop("aws:multifactorauthpresent", None)
    elif who != "service":
        found.setdefault("aws:multifactorauthpresent", ["false"])
    if who == "user":
        found["aws:username"] = ["ann"]
    if who != "service":
        found["aws:principalarn"] = [FEDERATED if who == "federated" else reference["arn"]]
    return found


def level(random: Random) -> list[Json]:
    """Policies at one level of an organization; most have FullAWSAccess."""
    full = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    return [*([full] if random.random() < 0.8 else []), *policies(random, 0, 1)]


def case(random: Random, *, all_told: bool) -> Case:
    """A request: all of its keys told, or some of them left open."""
    who = random.choice(sorted(CALLERS))
    inside, limited = who != "service", who in ("user", "role", "federated")
    whole: Json = {
        "caller": {**CALLERS[who][0], "account": HOME if inside else ""},
        "action": random.choice(ACTIONS),
        "resource": random.choice(RESOURCES),
        "account": random.choice((HOME, HOME, AWAY)),
        "context": context(random, who),
        "identity": policies(random, 1, 2) if inside else [],
        "boundary": policy(random) if limited and random.random() < 0.3 else None,
        "session": policies(random, 0, 1) if who in ("role", "federated") else [],
        "levels": [level(random) for _ in range(random.choice((0, 0, 1, 2)))] if inside else [],
        "on_resource": policies(random, 0, 1, "resource"),
    }
    whole["caller"]["boundary"] = whole["boundary"]
    hidden = [] if all_told else some(random, TELLABLE, 0, len(TELLABLE))
    told = {key: _values(whole["context"], key) for key in TELLABLE if key not in hidden}
    return Case(whole, _request(whole, who, told, all_told), _organization(whole["levels"]))


def _values(carried: dict[str, list[str]], key: str) -> tuple[str, ...] | None:
    return tuple(carried[key]) if key in carried else None


def _request(whole: Json, who: str, told: dict[str, tuple[str, ...] | None], closed: bool) -> Request:
    reference, kind = CALLERS[who]
    boundary = documents([whole["boundary"]])[0] if whole["boundary"] else None
    principal = Principal(reference["arn"], documents(whole["identity"]), boundary, unique_id="AIDAEXAMPLEEXAMPLE")
    name = reference.get("session", "").rpartition("/")[2] or None
    caller = Caller(principal, kind, name, documents(whole["session"]))
    attached = documents(whole["on_resource"], "resource")
    target = Target(whole["resource"], whole["account"], attached[0] if attached else None)
    return Request(caller, whole["action"], target, told, closed)


def _organization(levels: list[Json]) -> Organization | None:
    above = tuple(Level(str(number), documents(each)) for number, each in enumerate(levels))
    return Organization("o-abc", AWAY, {HOME: above}) if levels else None


def documents(policies: list[Json], attached: Any = "identity") -> tuple[PolicyDocument, ...]:
    return tuple(policy_document(each, Origin("generated.json"), attached=attached) for each in policies)
