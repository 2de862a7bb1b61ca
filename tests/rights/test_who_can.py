"""Who can: the index leaves nobody out, and 10,000 principals are asked in seconds."""

from __future__ import annotations

import time
from random import Random

import pytest
from generated_policies import ACTIONS, HOME, RESOURCES, documents, policies

from simkit.rights import Access, Caller, Directory, Origin, Principal, Request, Target, decide, policy_document

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
    callers = crowd(60, random)
    directory = Directory(callers)
    attached = documents(policies(random, 1, 1, "resource"), "resource")[0]
    for action in ACTIONS:
        for arn in RESOURCES:
            for policy in (None, attached):
                target = Target(arn, HOME, policy)
                found = [(caller, each.access) for caller, each in directory.who_can(action, target)]
                asked = [(caller, decide(Request(caller, action, target)).access) for caller in callers]
                assert found == [(caller, access) for caller, access in asked if access != Access.DENIED]


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
    assert directory._candidates("sqs:SendMessage", target) == [1, 2, 3, 4]
    assert repr(directory) == "<directory of 5 callers, 3 services>"


def test_ten_thousand_principals_are_asked_in_seconds() -> None:
    """Ten seconds is the bound on a slow, shared machine; it takes about one."""
    directory = Directory(crowd(10_000, Random(1)))
    began = time.perf_counter()
    found = directory.who_can("s3:GetObject", Target(RESOURCES[0], HOME))
    assert time.perf_counter() - began < 10
    assert 100 < len(found) < 10_000
