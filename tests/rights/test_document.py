"""Policy documents: what AWS takes is taken, what it refuses is refused in one sentence at its place."""

from __future__ import annotations

import json
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simkit.errors import InputError
from simkit.rights import Origin, policy_document, read_document, read_organization
from simkit.rights.json_text import located

GOOD = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow",
     "Action": ["s3:GetObject", "S3:List*"],
     "Resource": "*"}
  ]
}"""


def one(**changes: Any) -> dict[str, Any]:
    """A sound statement with `changes`; None takes an element away."""
    whole = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **changes}
    return {key: value for key, value in whole.items() if value is not None}


def refused(statement: Any, attached: Any = "identity") -> str:
    with pytest.raises(InputError) as caught:
        policy_document({"Version": "2012-10-17", "Statement": statement}, Origin("p.json"), attached=attached)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_statement_knows_its_line() -> None:
    document = read_document(GOOD, "good.json", name="Reading")
    assert str(document.statements[0]) == "statement 'Read' of Reading (good.json:4:5)"
    assert document.statements[0].origin.under("Action", 1).line_column() == (5, 33)


def test_a_text_is_a_list_of_one_and_a_statement_too() -> None:
    document = policy_document({"Statement": one(Action="s3:Get?")}, Origin(""))
    assert document.statements[0].actions == ("s3:get\x01",)
    assert str(document.statements[0].origin) == "Statement"


def test_a_document_may_be_a_text_as_the_api_hands_it_out() -> None:
    for text in (GOOD, quote(GOOD), "  " + quote(GOOD)):
        assert policy_document(text, Origin("export.json")).statements[0].sid == "Read"


def test_what_no_page_names_is_listed_and_keeps_the_answer_open() -> None:
    document = policy_document({"Statement": one(Purpose="x"), "Owner": "y"}, Origin(""))
    assert (document.unrecognised, document.statements[0].unrecognised) == (("Owner",), ("Purpose",))


def test_numbers_and_truth_values_may_stand_without_quotes() -> None:
    condition = {"NumericLessThan": {"s3:max-keys": 10}, "Bool": {"aws:SecureTransport": [True]}}
    clauses = policy_document({"Statement": one(Condition=condition)}, Origin("")).statements[0].clauses
    assert [clause.values[0].source for clause in clauses] == ["10", "true"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (7, "Statement: statements are a list of objects"),
        ([7], "Statement.0: a statement is an object"),
        (one(Effect="allow"), "the Effect 'allow' is none"),
        (one(Effect=None), "the Effect None is none"),
        (one(Action=None), "neither Action nor NotAction"),
        (one(NotAction="s3:*"), "both Action and NotAction: keep one"),
        (one(Resource=None), "neither Resource nor NotResource"),
        (one(Action={"a": 1}), "Statement.Action: a text or a list of texts"),
        (one(Action=["s3:*", 4]), "Statement.Action.1: a text is due here"),
        (one(Action="s3:\x00"), "the control character U+0000"),
        (one(Principal="*"), "cannot name a Principal"),
        (one(Condition=[]), "a Condition is an object of operators"),
        (one(Condition={"Bool": "x"}), "Statement.Condition.Bool: an operator is an object"),
        (one(Condition={"Bool": {"a": {}}}), "a text is due here, not {}"),
        (one(Sid=3), "Statement.Sid: a text is due here"),
    ],
)
def test_what_is_refused(statement: Any, said: str) -> None:
    assert said in refused(statement)


def test_a_policy_on_a_resource_names_a_principal() -> None:
    assert "must name a Principal" in refused(one(), "resource")
    assert "no kind of principal" in refused(one(Principal={"Aws": "*"}), "resource")
    assert 'a principal is "*"' in refused(one(Principal=5), "resource")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "p.json:1:1: this is not JSON"),
        ('{"Statement": [}', "p.json:1:16: this is not JSON"),
        ('{"Statement": [],\n "Statement": []}', "p.json:2:2: the key 'Statement' stands twice"),
        ('{"a": [1, {"b": 1, "b": 2}]}', "p.json:1:20: the key 'b' stands twice"),
        ('{"a": {"b": 1, "b": 2}, ', "p.json: the key 'b' stands twice"),
        ('{"a": {"b": 1, "b": 2}, "c": 1, "c": [}', "p.json: the key 'b' stands twice"),
        ('{"Statement": "' + "x" * 2_000_000 + '", "a": 1, "a": 2}', "p.json: the key 'a' stands twice"),
        ("[" * 200_000, "nested too deeply"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested too deeply"),
        ('{"Statement": NaN}', "a number cannot be read"),
        ('{"Statement": ' + "9" * 5_000 + "}", "a number cannot be read"),
        ("[]", "a policy document is an object with a Statement"),
        ('{"Version": "2020-01-01", "Statement": []}', "p.json:1:13: the version '2020-01-01' is none"),
        ('{"Version": ["2012-10-17"], "Statement": []}', "is none"),
        ("{}", "has no Statement"),
    ],
)
def test_hostile_texts_end_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        read_document(text, "p.json")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.data())
def test_mutated_texts_are_read_or_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(GOOD)))
    cut = data.draw(st.integers(0, 5))
    text = GOOD[:at] + data.draw(st.text(max_size=4)) + GOOD[at + cut :]
    refusals = list[str]()
    try:
        read_document(text, "p.json")
    except InputError as error:
        refusals.append(str(error))
    assert all(said.startswith("p.json") for said in refusals)


@pytest.mark.slow
def test_ten_thousand_mutated_documents_give_no_traceback() -> None:
    """Bytes changed, doubled, cut and moved; a document of all elements."""
    condition = {"ForAllValues:StringLike": {"aws:TagKeys": ["a*", "${aws:username}"]}, "Null": {"a:b": True}}
    whole = {"Version": "2012-10-17", "Statement": [one(Sid="A", Condition=condition, Principal={"AWS": ["*"]})]}
    text, random = json.dumps(whole, indent=1), Random(7)
    read = 0
    for _ in range(10_000):
        changed = list(text)
        for _ in range(random.randint(1, 4)):
            at = random.randrange(len(changed))
            changed[at : at + random.randint(0, 6)] = random.choices(
                '{}[]",:ae*?$\\\n\x00\ud800é', k=random.randint(0, 3)
            )
        try:
            read_document("".join(changed), "p.json", attached="resource")
            read += 1
        except InputError:
            pass
    assert 100 < read < 9_900


def test_places_are_those_of_the_text() -> None:
    text = json.dumps({"a": [0, {"b": [True, "x"]}], "c": 1}, indent=1)
    line, column = located(text, ("a", 1, "b", 1))
    assert text.split("\n")[line - 1][column - 1 :] == '"x"'
    assert located(text, ("a", 9)) == located(text, ("a",))


def test_a_large_document_is_read_in_seconds() -> None:
    whole = {"Statement": [one(Sid=str(number), Action=["s3:*"] * 10) for number in range(20_000)]}
    document = read_document(json.dumps(whole), "large.json")
    assert len(document.statements) == 20_000


def test_a_tree_that_is_none_is_refused_at_its_place() -> None:
    for tree, said in (
        ([], "a level of the tree is an object"),
        ({"Id": "r-1", "Children": 4}, "Children: Children is a list"),
        ({"Id": "r-1", "Policies": [{}]}, "Policies.0: a service control policy is an object with Content"),
    ):
        with pytest.raises(InputError, match=said):
            read_organization(tree, Origin("tree.json"))
