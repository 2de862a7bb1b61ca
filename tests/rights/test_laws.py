"""Generated policies: simkit agrees with the reference, what is not told misleads nobody, and denials only take."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from examples_drawn import examples
from generated_policies import Case, case, documents, policy, statement
from hypothesis import given
from hypothesis import strategies as st
from rights_reference import allowed

from simkit.rights import Access, Level, Organization, PolicyDocument, decide

ORDER = [Access.DENIED, Access.MAY_BE, Access.ALLOWED]
ANY_SEED = st.integers(0, 2**32)


def answer(case: Case) -> Access:
    return decide(case.request, case.organization).access


def one(statement: object) -> PolicyDocument:
    return documents([{"Version": "2012-10-17", "Statement": [statement]}])[0]


@examples(2000)
@given(ANY_SEED)
def test_where_all_is_told_the_answer_is_that_of_the_reference(seed: int) -> None:
    made = case(Random(seed), all_told=True)
    assert answer(made) == (Access.ALLOWED if allowed(made.reference) else Access.DENIED)


@examples(2000)
@given(ANY_SEED)
def test_a_sure_answer_holds_whatever_was_not_told(seed: int) -> None:
    made = case(Random(seed), all_told=False)
    found = answer(made)
    assert found == Access.MAY_BE or (found == Access.ALLOWED) == allowed(made.reference)


@pytest.mark.slow
def test_both_laws_on_forty_thousand_more() -> None:
    for seed in range(20_000):
        told, left_open = (case(Random(seed), all_told=all_told) for all_told in (True, False))
        assert answer(told) == (Access.ALLOWED if allowed(told.reference) else Access.DENIED), seed
        found = answer(left_open)
        assert found == Access.MAY_BE or (found == Access.ALLOWED) == allowed(left_open.reference), seed


@examples(500)
@given(ANY_SEED)
def test_an_open_answer_always_says_what_keeps_it_open(seed: int) -> None:
    made = case(Random(seed), all_told=False)
    caller = replace(made.request.caller, session_name=None)
    found = decide(replace(made.request, caller=caller), made.organization)
    assert bool(found.doubts) == (found.access == Access.MAY_BE)


def test_the_generated_requests_are_worth_asking() -> None:
    """Laws about a world in which all is denied, or nothing is open, would say nothing."""
    told = [answer(case(Random(seed), all_told=True)) for seed in range(300)]
    left_open = [answer(case(Random(seed), all_told=False)) for seed in range(300)]
    assert 50 < told.count(Access.ALLOWED) < 250
    assert told.count(Access.MAY_BE) == 0
    assert left_open.count(Access.MAY_BE) > 10


def denied_too(made: Case, denial: PolicyDocument, where: str) -> Case:
    """`made` with one more denial, where there is something to add it to."""
    caller, principal, organization = made.request.caller, made.request.caller.principal, made.organization
    if where == "identity":
        caller = replace(caller, principal=replace(principal, policies=(*principal.policies, denial)))
    elif where == "session" and caller.session_policies:
        caller = replace(caller, session_policies=(*caller.session_policies, denial))
    elif where == "boundary" and principal.boundary:
        merged = replace(principal.boundary, statements=(*principal.boundary.statements, *denial.statements))
        caller = replace(caller, principal=replace(principal, boundary=merged))
    elif organization:
        levels = {
            account: tuple(Level(level.name, (*level.policies, denial)) for level in above)
            for account, above in organization.levels.items()
        }
        organization = Organization(organization.id, organization.management, levels)
    return Case(made.reference, replace(made.request, caller=caller), organization)


@examples(500)
@given(ANY_SEED, st.sampled_from(("identity", "boundary", "session", "level")))
def test_adding_a_deny_never_adds(seed: int, where: str) -> None:
    random = Random(seed)
    made = case(random, all_told=False)
    after = denied_too(made, one(statement(random, effect="Deny")), where)
    assert ORDER.index(answer(after)) <= ORDER.index(answer(made))


@examples(500)
@given(ANY_SEED)
def test_a_boundary_never_adds(seed: int) -> None:
    random = Random(seed)
    made = case(random, all_told=False)
    caller = made.request.caller
    free, bound = (
        replace(caller, principal=replace(caller.principal, boundary=boundary))
        for boundary in (None, documents([policy(random)])[0])
    )
    before, after = (decide(replace(made.request, caller=each), made.organization).access for each in (free, bound))
    assert ORDER.index(after) <= ORDER.index(before)


@examples(500)
@given(ANY_SEED)
def test_adding_an_allow_never_takes(seed: int) -> None:
    random = Random(seed)
    made = case(random, all_told=False)
    caller, principal = made.request.caller, made.request.caller.principal
    extra = one(statement(random, effect="Allow"))
    more = replace(caller, principal=replace(principal, policies=(*principal.policies, extra)))
    after = decide(replace(made.request, caller=more), made.organization).access
    assert ORDER.index(after) >= ORDER.index(answer(made))
