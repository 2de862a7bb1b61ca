"""Mistakes in denies, boundaries, limits of tokens, claims and roles for a time are named at their place."""

from __future__ import annotations

import pytest

from simkit.errors import ScenarioError
from simkit.scenario import loads

SOUND = """\
simkit: 1
name: sound
identities:
  ann: {roles: [base, {role: high, ttl: 8h}], denies: [t.read], boundary: ["t.*"]}
  bot: {kind: agent}
resources: {r: {value: {confidentiality: 1}}}
tools: {t: {operations: {read: {effect: read, targets: [r]}}}}
credentials: {k: {identity: ann, limited_to: [t.read], claims: {mfa: "yes"}}}
roles: {base: {entitlements: [{operation: t.read, except: [r]}]}, high: {}}
trust: [{from: ann, to: bot, conditions: [source, {claims: {mfa: "y*"}}]}]
tasks: {work: {identity: bot, on_behalf_of: ann, claims: {ref: main}}}
entry_points: {e: {leak: k}}
goals: {g: {lost: ["r: confidentiality"]}}
"""


def test_the_file_without_mistakes_is_sound() -> None:
    assert loads(SOUND).model.identities["ann"].role_ttls == (("high", 28800.0),)


@pytest.mark.parametrize(
    ("right", "wrong", "at", "says"),
    [
        ("denies: [t.read]", "denies: [t.rad]", "t.rad]", "no operation is called 't.rad'"),
        ('boundary: ["t.*"]', 'boundary: ["x.*"]', '"x.*"', "no operation matches 'x.*'"),
        ("except: [r]", "except: [q]", "q]", "no target is called 'q'"),
        ("limited_to: [t.read]", "limited_to: [t.rad]", "t.rad]", "no operation is called 't.rad'"),
        ("ttl: 8h", "ttl: 8", "8}", "8 has no unit"),
        ("{role: high, ttl: 8h}", "{role: high}", "{role: high}]", "a role for a time needs `ttl`"),
        ("{role: high, ttl: 8h}", "base", "base], den", "'base' stands twice"),
        ('{mfa: "yes"}', "{mfa: 1}", "1}}}\nroles", "the claim mfa is 1"),
        ("[source, ", "[sauce, ", "sauce", "'sauce' is not possible here"),
        ("on_behalf_of: ann", "on_behalf_of: bot", "bot, claims", "'bot' acts on behalf of itself"),
        ("on_behalf_of: ann", "on_behalf_of: eve", "eve", "no identity is called 'eve'"),
    ],
)
def test_a_mistake_is_named_at_its_line_and_column(right: str, wrong: str, at: str, says: str) -> None:
    text = SOUND.replace(right, wrong)
    assert text != SOUND
    assert text.count(at) == 1
    before = text[: text.index(at)]
    with pytest.raises(ScenarioError) as caught:
        loads(text)
    found = caught.value.problems[0]
    assert (found.line, found.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert says in found.message
