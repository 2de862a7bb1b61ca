"""The catalogue of session behaviour: what is shipped, how it is read, and how often a session goes on."""

from __future__ import annotations

import json

import pytest

from simkit.errors import InputError, QuestionError
from simkit.session_catalogue import (
    EVENTS,
    Reaction,
    SessionBehaviour,
    SessionCatalogue,
    Share,
    Survival,
    session_behaviour,
    session_behaviours,
    shares,
)
from simkit.session_catalogue.catalogue_file import read_catalogue

SURVIVES, ENDS, NEXT_USE = Survival("survives"), Survival("ends"), Survival("next-use")


def test_a_session_of_postgresql_outlives_its_password_and_not_its_right() -> None:
    found = session_behaviour("postgresql-15")
    assert (found.product, found.version, found.date, found.ttl_kind) == ("PostgreSQL", "15.20", "2026-11", "absolute")
    assert (found.on_expiry.operation, found.on_expiry.stream, found.on_expiry.new) == (SURVIVES, SURVIVES, "denied")
    assert (found.on_delete.operation, found.on_delete.stream) == (NEXT_USE, SURVIVES)
    assert (found.on_entitlement_removed.operation, found.on_entitlement_removed.stream) == (NEXT_USE, SURVIVES)


def test_an_event_that_a_system_does_not_have_has_no_reaction() -> None:
    assert session_behaviour("redis-7.0").on_expiry == Reaction()


def test_an_exception_says_when_it_holds() -> None:
    (found,) = session_behaviour("postgresql-15").on_role_removed.exceptions()
    assert (found.of, found.when, found.found) == ("operation", "the session did SET ROLE before", "survives")


def test_an_unknown_system_is_answered_with_the_nearest() -> None:
    with pytest.raises(QuestionError, match=r"no system 'postgresql-16': did you mean postgresql-15\?"):
        session_behaviour("postgresql-16")


def test_something_that_is_no_name_is_refused() -> None:
    with pytest.raises(QuestionError, match="no system 15"):
        session_behaviour(15)  # type: ignore[arg-type]


def test_the_shipped_catalogue_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        session_behaviours()["mine"] = session_behaviour("nats-2.9")  # type: ignore[index]


def test_who_holds_an_idle_or_a_renewable_session_outlives_its_ttl() -> None:
    refused = Reaction(operation=NEXT_USE)
    facts = ("s", "S", "1", "2026-11")
    assert SessionBehaviour(*facts, ttl_kind="absolute", on_expiry=refused).outlives_its_ttl is False
    assert SessionBehaviour(*facts, ttl_kind="idle", on_expiry=refused).outlives_its_ttl is True
    assert SessionBehaviour(*facts, ttl_kind="renewable", on_expiry=refused).outlives_its_ttl is True
    assert SessionBehaviour(*facts, ttl_kind="absolute", on_expiry=Reaction(operation=SURVIVES)).outlives_its_ttl
    assert SessionBehaviour(*facts).outlives_its_ttl is None


def test_shares_count_only_systems_where_it_is_known() -> None:
    one = SessionBehaviour("a", "A", "1", "2026-11", on_delete=Reaction(operation=SURVIVES, stream=ENDS))
    two = SessionBehaviour("b", "B", "1", "2026-11", on_delete=Reaction(operation=NEXT_USE))
    found = [share for share in shares([one, two]) if share.known]
    assert found == [Share("on_delete", "operation", 1, 2), Share("on_delete", "stream", 0, 1)]


def test_most_open_sessions_go_on_after_expiry_rotation_and_disabling() -> None:
    counted = {(one.event, one.of): (one.goes_on, one.known) for one in shares(session_behaviours().values())}
    assert counted["on_expiry", "operation"] == (7, 9)
    assert counted["on_revoke", "operation"] == (9, 16)
    assert counted["on_disable", "operation"] == (8, 9)
    assert counted["on_delete", "operation"] == (6, 14)
    assert counted["on_entitlement_removed", "stream"] == (7, 10)
    assert counted["on_role_removed", "stream"] == (5, 6)


def test_what_is_documented_names_its_pages_stands_apart_and_is_not_counted() -> None:
    documented = [one for one in session_behaviours().values() if not one.is_measured]
    assert [one.name for one in documented] == ["aws-access-key", "aws-role-session", "aws-identity-center"]
    for one in documented:
        assert all(page.startswith("https://docs.aws.amazon.com/") for page in one.sources)
        seen = [each for _, reaction in one.reactions() for each in reaction.observations]
        assert {each.grounding for each in seen} == {"documented"}
        assert one.sources[0] in SessionCatalogue((one,)).summary
        assert "not measured" in SessionCatalogue((one,)).summary
    assert all(share.known == 0 for share in shares(documented))
    assert [row[0] for row in SessionCatalogue(tuple(documented)).documented_table().rows] == [
        o.name for o in documented
    ]


def test_a_survival_for_a_time_says_how_long() -> None:
    assert str(Survival("survives", 5.0)) == "survives: 5 s"
    assert str(NEXT_USE) == "next-use"


# ---- tables


def test_the_tables_have_a_row_for_each_system_and_mark_exceptions() -> None:
    catalogue = SessionCatalogue(tuple(session_behaviours().values()))
    operations, streams = catalogue.operations_table(), catalogue.streams_table()
    assert [row[0] for row in operations.rows] == [n for n, one in session_behaviours().items() if one.is_measured]
    first = dict(zip(operations.columns, operations.rows[0], strict=True))
    assert (first["system"], first["expired"], first["deleted"]) == ("postgresql-15", "survives", "next-use*")
    redis = next(row for row in streams.rows if row[0] == "redis-7.0")
    assert redis[1:] == ("-", "survives", "survives", "ends", "survives*", "-")


def test_a_system_without_a_measured_stream_has_no_row_among_the_streams() -> None:
    catalogue = SessionCatalogue((session_behaviour("samba-4.17"), session_behaviour("nats-2.9")))
    assert [row[0] for row in catalogue.streams_table().rows] == ["nats-2.9"]


def test_one_system_shows_all_that_was_seen() -> None:
    found = session_behaviour("dovecot-2.3")
    events, seen = SessionCatalogue((found,)).tables()
    assert [row[0] for row in events.rows][:2] == ["expired", "revoked"]
    assert len(events.rows) == len(EVENTS)
    assert len(seen.rows) == 6


def test_the_answer_as_json_has_the_words_of_a_scenario() -> None:
    answer = json.loads(json.dumps(SessionCatalogue((session_behaviour("nats-2.9"),)).to_dict()))
    assert answer["systems"]["nats-2.9"]["on_delete"]["stream"] == "ends"
    assert answer["systems"]["nats-2.9"]["on_disable"]["operation"] is None


# ---- the file

FACTS = '"product": "X", "version": "1", "date": "2026-11"'


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the whole: Invalid JSON"),
        (f'{{"about": "", "systems": {{"x": {{{FACTS}, "on_expire": {{}}}}}}}}', "did you mean on_expiry"),
        (
            f'{{"about": "", "systems": {{"x": {{{FACTS}, "on_expiry": {{"stream": [{{"found": "lives", '
            '"grounding": "measured", "seen": []}]}}}}',
            "systems.x.on_expiry.stream.0.found: Input should be 'ends', 'next-use' or 'survives'",
        ),
    ],
)
def test_a_broken_catalogue_is_one_sentence(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint.replace(".", r"\.")) as refused:
        read_catalogue(text)
    assert "\n" not in str(refused.value)


def test_a_survival_that_was_seen_to_end_keeps_its_seconds() -> None:
    seen = '{"found": "survives", "seconds": 300.0, "grounding": "measured", "seen": ["clock skew"]}'
    text = f'{{"about": "", "systems": {{"x": {{{FACTS}, "on_expiry": {{"operation": [{seen}]}}}}}}}}'
    assert read_catalogue(text)["x"].on_expiry.operation == Survival("survives", 300.0)
