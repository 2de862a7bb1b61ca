"""Who can: the index leaves nobody out, and 10,000 principals are asked in seconds."""

from __future__ import annotations

import time
from random import Random

import pytest
from generated_policies import ACTIONS, AWAY, HOME, RESOURCES, case, documents, policies

from simkit.rights import (
    Access,
    Caller,
    Directory,
    Origin,
    PolicyDocument,
    Principal,
    Request,
    Target,
    decide,
    policy_document,
)

SHARED = 40


def crowd(size: int, random: Random) -> list[Caller]:
    """Users and roles of one account, with managed policies that many share and one of their own."""
    managed = documents(policies(random, SHARED, SHARED))
    return [
        Caller(
            Principal(
                f"arn:aws:iam::{HOME}:{'role' if number % 3 else 'user'}/p{number}",
                (*random.sample(managed, 2), own(number)),
                unique_id=f"AIDAEXAMPLE{number:010d}",
            )
        )
        for number in range(size)
    ]


def own(number: int) -> object:
    service = ("dynamodb", "sqs", "logs", "s3")[number % 4]
    statement = {
        "Effect": "Allow",
        "Action": [f"{service}:Get*", f"{service}:List*"],
        "Resource": f"arn:aws:*:::x{number}",
    }
    return policy_document({"Version": "2012-10-17", "Statement": [statement]}, Origin("own.json"))


@pytest.mark.parametrize("seed", range(5))
def test_the_index_leaves_nobody_out(seed: int) -> None:
    random = Random(seed)
    callers = [*crowd(40, random), *(case(random, all_told=False).request.caller for _ in range(20))]
    directory = Directory(callers)
    for action in ACTIONS:
        for arn in RESOURCES:
            attached = documents(policies(random, 0, 1, "resource"), "resource")
            target = Target(arn, random.choice((HOME, AWAY)), attached[0] if attached else None)
            found = [(caller, each.access) for caller, each in directory.who_can(action, target)]
            asked = [(caller, decide(Request(caller, action, target)).access) for caller in callers]
            assert found == [(caller, access) for caller, access in asked if access != Access.DENIED]


def trust(*names: str) -> PolicyDocument:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": list(names)}}
    return policy_document({"Statement": statement}, Origin("trust.json"), attached="resource")


def test_a_role_that_trusts_one_role_is_asked_of_that_one() -> None:
    """All others have no grant of their own, so that only the trust policy could let them in."""
    callers = [
        Caller(Principal(f"arn:aws:iam::{HOME}:role/p{number}", unique_id=f"AROA{number:016d}")) for number in range(9)
    ]
    directory = Directory(callers)
    role = f"arn:aws:iam::{HOME}:role/admin"
    rows = [
        ((callers[3].principal.arn, f"arn:aws:iam::{AWAY}:root"), [3]),
        ((f"arn:aws:sts::{HOME}:assumed-role/p4/run",), [4]),
        ((callers[5].principal.unique_id,), [5]),
        ((f"arn:aws:iam::{HOME}:root",), []),
        (("*",), list(range(9))),
    ]
    for names, expected in rows:
        target = Target(role, policy=trust(*names))
        assert list(directory.candidates("sts:AssumeRole", target)) == expected
        assert [callers.index(caller) for caller, _ in directory.who_can("sts:AssumeRole", target)] == expected


def test_only_those_are_asked_whom_a_statement_may_let_in() -> None:
    names = ("s3:Get*", "s?:Get*", "*", "sqs:*", "SQS:*")
    directory = Directory(
        Caller(
            Principal(
                f"arn:aws:iam::{HOME}:user/u{i}",
                documents([{"Statement": {"Effect": "Allow", "Action": name, "Resource": "*"}}]),
            )
        )
        for i, name in enumerate(names)
    )
    target = Target("arn:aws:s3:::b/k", HOME)
    assert [caller.principal.name for caller, _ in directory.who_can("s3:GetObject", target)] == ["u0", "u1", "u2"]
    assert directory.candidates("sqs:SendMessage", target) == [1, 2, 3, 4]
    assert repr(directory) == "<directory of 5 callers, 3 services>"


def test_ten_thousand_principals_are_asked_in_seconds() -> None:
    """Ten seconds of processor time is the bound on a slow machine; it takes about two."""
    directory = Directory(crowd(10_000, Random(1)))
    began = time.process_time()
    found = directory.who_can("s3:GetObject", Target(RESOURCES[0], HOME))
    assert time.process_time() - began < 10
    assert 100 < len(found) < 10_000
