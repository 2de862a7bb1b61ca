"""Conditions: each operator, each way in which a key is there, is not, or is not known."""

from __future__ import annotations

from typing import Any

import pytest

from simkit.rights import Access, Caller, Origin, Principal, Request, Target, decide, policy_document

USER = Principal("arn:aws:iam::111122223333:user/ann", unique_id="AIDAEXAMPLEEXAMPLE", tags={"Team": "red"})
TARGET = Target("arn:aws:s3:::bucket/key", "111122223333")


def decided(condition: dict[str, Any], told: dict[str, Any], *, effect: str = "Allow", closed: bool = True) -> Access:
    statement = {"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    listed = [statement] if effect == "Allow" else [statement, everything]
    document = policy_document({"Version": "2012-10-17", "Statement": listed}, Origin(""))
    caller = Caller(Principal(USER.arn, (document,), unique_id=USER.unique_id, tags=USER.tags))
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
    return decide(Request(caller, "s3:GetObject", TARGET, values, closed)).access


ROWS = [
    ("StringEquals", "red", ["red"], True),
    ("StringEquals", "red", ["Red"], False),
    ("StringEquals", "r*", ["red"], False),
    ("StringEquals", ["blue", "red"], ["red"], True),
    ("StringNotEquals", ["blue", "red"], ["red"], False),
    ("StringNotEquals", ["blue", "green"], ["red"], True),
    ("StringEqualsIgnoreCase", "RED", ["red"], True),
    ("StringNotEqualsIgnoreCase", "RED", ["red"], False),
    ("StringLike", "r?d*", ["red"], True),
    ("StringNotLike", "r?d*", ["red"], False),
    ("StringEquals", "${aws:username}", ["ann"], True),
    ("StringEquals", "${aws:PrincipalTag/team}", ["red"], True),
    ("StringEquals", "${*}", ["*"], True),
    ("NumericEquals", "10", ["10.0"], True),
    ("NumericNotEquals", "10", ["10.0"], False),
    ("NumericLessThan", 10, ["9.5"], True),
    ("NumericLessThan", "10", ["10"], False),
    ("NumericLessThanEquals", "10", ["10"], True),
    ("NumericGreaterThan", "-1", ["0"], True),
    ("NumericGreaterThanEquals", "1", ["0"], False),
    ("NumericEquals", "10", ["ten"], False),
    ("NumericNotEquals", "10", ["ten"], True),
    ("DateEquals", "2020-01-01T00:00:00Z", ["1577836800"], True),
    ("DateNotEquals", "2020-01-01", ["1577836800"], False),
    ("DateGreaterThan", "2020-01-01T00:00:01Z", ["2020-06-30T12:00:00+02:00"], True),
    ("DateLessThan", "2020-06-30T10:00:00.5Z", ["2020-06-30T12:00:00+02:00"], True),
    ("DateLessThanEquals", "2020", ["2019-12-31T23:59Z"], True),
    ("DateGreaterThanEquals", "1577836800", ["2020-01"], True),
    ("Bool", "true", ["TRUE"], True),
    ("Bool", "false", ["true"], False),
    ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", ["QmluYXJ5VmFsdWVJbkJhc2U2NA=="], True),
    ("BinaryEquals", "QmluYXJ5", ["QmluYXJ4"], False),
    ("IpAddress", "203.0.113.0/24", ["203.0.113.9"], True),
    ("IpAddress", "203.0.113.9", ["203.0.113.9"], True),
    ("IpAddress", "2001:DB8:1234:5678::/64", ["2001:db8:1234:5678::1"], True),
    ("IpAddress", "2001:DB8:1234:5678::/64", ["203.0.113.9"], False),
    ("NotIpAddress", "203.0.113.0/24", ["198.51.100.1"], True),
    ("ArnEquals", "arn:aws:sns:*:111122223333:t?pic", ["arn:aws:sns:eu-west-1:111122223333:topic"], True),
    ("ArnNotLike", "arn:aws:sns:*:111122223333:t?pic", ["arn:aws:sns:eu-west-1:111122223333:topic"], False),
    ("ArnLike", "*", ["arn:aws:sns:eu-west-1:111122223333:topic"], True),
    ("ArnLike", "arn:aws:sns", ["arn:aws:sns"], False),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", ["a"], [], True),
    ("ForAllValues:StringEquals", ["a"], [""], True),
    ("ForAllValues:StringNotEquals", ["a", "b"], ["c"], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], True),
    ("ForAnyValue:StringEquals", ["a", "b"], ["c"], False),
    ("ForAnyValue:StringEquals", ["a"], [], False),
    ("ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], True),
    ("Null", "true", None, True),
    ("Null", "false", None, False),
    ("Null", False, ["x"], True),
    ("StringEquals", "red", None, False),
    ("StringNotEquals", "red", None, True),
    ("NumericLessThan", "3", None, False),
    ("NotIpAddress", "10.0.0.0/8", None, True),
    ("StringEqualsIfExists", "red", None, True),
    ("BoolIfExists", "false", None, True),
    ("StringEqualsIfExists", "red", ["blue"], False),
    ("ForAllValues:StringEquals", "red", None, True),
    ("ForAnyValue:StringEquals", "red", None, False),
    ("ForAnyValue:StringNotEquals", "red", None, False),
    ("ForAllValues:StringEqualsIfExists", "red", None, True),
    ("StringEquals", [], ["red"], False),
    ("StringNotEquals", [], ["red"], True),
]


@pytest.mark.parametrize(("operator", "wanted", "given", "expected"), ROWS)
def test_an_operator(operator: str, wanted: Any, given: Any, expected: bool) -> None:
    found = decided({operator: {"app:Key": wanted}}, {"APP:key": given})
    assert found == (Access.ALLOWED if expected else Access.DENIED)


@pytest.mark.parametrize(
    ("operator", "wanted", "given"),
    [
        ("StringResembles", "red", ["red"]),
        ("stringequals", "red", ["red"]),
        ("Sometimes:StringEquals", "red", ["red"]),
        ("NullIfExists", "true", ["red"]),
        ("StringEquals", "red", ["red", "blue"]),
        ("ForAnyValue:StringEqualsIfExists", "red", None),
        ("NumericEquals", "many", ["3"]),
        ("DateEquals", "2020-13-01", ["2020"]),
        ("Bool", "perhaps", ["true"]),
        ("Bool", "${aws:SecureTransport}", ["true"]),
        ("BinaryEquals", "???", ["QQ=="]),
        ("IpAddress", "10.0.0.0/99", ["10.0.0.1"]),
        ("Null", "perhaps", ["x"]),
    ],
)
def test_what_is_not_documented_keeps_the_answer_open(operator: str, wanted: Any, given: Any) -> None:
    """For a grant and for a denial: neither is dropped."""
    for effect in ("Allow", "Deny"):
        assert decided({operator: {"app:Key": wanted}}, {"app:Key": given}, effect=effect) == Access.MAY_BE


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"),
    [
        ("StringEquals", "red", Access.MAY_BE),
        ("StringNotEquals", "red", Access.MAY_BE),
        ("StringLike", "*", Access.MAY_BE),
        ("StringLikeIfExists", "*", Access.ALLOWED),
        ("StringNotLike", "*", Access.MAY_BE),
        ("Null", "true", Access.MAY_BE),
        ("Null", ["true", "false"], Access.MAY_BE),
        ("ForAllValues:StringLike", "*", Access.ALLOWED),
    ],
)
def test_a_key_that_is_not_known_may_be_there_or_not(operator: str, wanted: Any, expected: Access) -> None:
    assert decided({operator: {"app:Key": wanted}}, {}, closed=False) == expected


def test_a_key_that_is_always_there_is_never_missing() -> None:
    always = {"Null": {"aws:SecureTransport": "true"}}
    assert decided(always, {}, closed=False) == Access.DENIED
    assert decided({"Bool": {"aws:SecureTransport": "true"}}, {}, closed=False) == Access.MAY_BE


def test_all_operators_and_all_keys_must_be_met() -> None:
    both = {"StringEquals": {"a:x": "1", "a:y": "2"}, "Bool": {"a:z": "true"}}
    assert decided(both, {"a:x": ["1"], "a:y": ["2"], "a:z": ["true"]}) == Access.ALLOWED
    for wrong in ({"a:x": ["9"]}, {"a:y": ["9"]}, {"a:z": ["false"]}):
        assert decided(both, {"a:x": ["1"], "a:y": ["2"], "a:z": ["true"], **wrong}) == Access.DENIED


def test_one_key_that_is_wrong_for_sure_decides_whatever_the_others_are() -> None:
    both = {"StringEquals": {"a:x": "1", "a:unknown": "2"}}
    assert decided(both, {"a:x": ["9"]}, closed=False) == Access.DENIED


def test_a_variable_without_value_is_equal_to_nothing_and_unequal_to_all() -> None:
    for operator, expected in (("StringEquals", Access.DENIED), ("StringNotEquals", Access.ALLOWED)):
        assert decided({operator: {"a:x": "${aws:PrincipalTag/cost}"}}, {"a:x": ["red"]}) == expected
