"""Every kind of mistake is told in one sentence, at its line and column."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import pytest

from simkit.errors import InputError, ScenarioError
from simkit.scenario import load, loads

HEAD = """\
simkit: 1
name: small
identities:
  ci: {kind: pipeline}
credentials:
  key:
    identity: ci
entry_points:
  start: {leak: key}
"""


def complaints(text: str, file: str = "f.yaml") -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        loads(text, file)
    return str(caught.value).split("\n")


def only(text: str, file: str = "f.yaml") -> str:
    found = complaints(text, file)
    assert len(found) == 1, found
    return found[0]


def test_the_smallest_scenario_loads() -> None:
    assert loads(HEAD).name == "small"


NOT_YAML = {
    "": "f.yaml:1:1: the file is empty: a scenario starts with `simkit: 1`",
    " \n\n": "f.yaml:1:1: the file is empty: a scenario starts with `simkit: 1`",
    "# nothing\n": "f.yaml:1:1: the file is empty: a scenario starts with `simkit: 1`",
    "just text": "f.yaml:1:1: the file holds 'just text': a scenario is a mapping that starts with `simkit: 1`",
    "[1, 2]": "f.yaml:1:1: the file holds a list: a scenario is a mapping that starts with `simkit: 1`",
    "a: 1\nb: \x07": "f.yaml:2:4: the character U+0007 is a control character: remove it",
    "a: 1\nb: x\x00y": "f.yaml:2:5: the character U+0000 is a control character: remove it",
    "a: *nothing\n": "f.yaml:1:4: the alias *nothing repeats nothing that is complete before it: define &nothing",
    "a: &a [*a]\n": "f.yaml:1:8: the alias *a repeats nothing that is complete before it: define &a",
    HEAD + "---\nsimkit: 1\n": "f.yaml:10:1: a second document starts here: a scenario is one, remove the `---`",
    "a: " + "[" * 60: "f.yaml:1:53: more than 50 levels are nested here: no scenario needs so many",
}


@pytest.mark.parametrize("text", NOT_YAML, ids=range(len(NOT_YAML)))
def test_what_is_no_mapping_is_refused_where_it_stops_making_sense(text: str) -> None:
    assert only(text) == NOT_YAML[text]


@pytest.mark.parametrize(
    ("text", "line"), [("a: [1, 2\nb: 3\n", 2), ("a: 'x\n", 2), ("a:\n\t- b\n", 2), ("a: b: c\n", 1), ("a: }\n", 1)]
)
def test_broken_yaml_is_told_with_its_line(text: str, line: int) -> None:
    assert re.fullmatch(rf"f\.yaml:{line}:\d+: this is not YAML, .*: (check|indent) .*", only(text))


READ = {
    "name: other\n": (10, 1, "the key 'name' stands twice, first on line 2: remove one"),
    "? [a]\n: 1\n": (10, 3, "a key must be text: put it in quotes"),
    "1: a\n": (10, 1, "a key must be text: put it in quotes"),
    "true: a\n": (10, 1, "a key must be text: put it in quotes"),
    "<<: {description: x}\n": (10, 1, "the merge key << is not allowed: write the keys out"),
    "description: !!str x\n": (
        10,
        14,
        "the tag 'tag:yaml.org,2002:str' is not allowed: write the plain value",
    ),
    "response: !x {completeness: 1}\n": (10, 11, "the tag '!x' is not allowed: write the plain value"),
    "response: {completeness: .nan}\n": (10, 26, ".nan is not a number that can be used: write a finite one"),
    "response: {completeness: -.inf}\n": (10, 26, "-.inf is not a number that can be used: write a finite one"),
    "response: {completeness: 1e999}\n": (10, 26, "the number 1e999 is too large: write a finite one"),
    f"response: {{completeness: {'9' * 5000}}}\n": (
        10,
        26,
        "the number 999999999999... has 5000 digits: write at most 18",
    ),
    'description: "\\x07"\n': (10, 14, "the character U+0007 is a control character: remove it"),
}

FITS = {
    "'[key]': 1\n": (
        10,
        1,
        "there is no key '[key]' here: known: assumptions, attacker, compare, credentials, description, ...",
    ),
    "polcy: rbac\n": (10, 1, "there is no key 'polcy' here: did you mean policy?"),
    "tasks:\n  t: {identity: ci, need: []}\n": (11, 21, "there is no key 'need' here: did you mean needs?"),
    "trust: [{from: ci, to: cd, atenuates: true}]\n": (
        10,
        28,
        "there is no key 'atenuates' here: did you mean attenuates?",
    ),
    "roles: {r: {entitlements: [{operation: x, target: []}]}}\n": (
        10,
        43,
        "there is no key 'target' here: did you mean targets?",
    ),
    "tasks: {t: {needs: []}}\n": (10, 12, "the key `identity` is missing in tasks.t: add it"),
    "resources: {r: {kind: data-stor}}\n": (10, 23, "'data-stor' is not possible here: did you mean data-store?"),
    "policies: {p: {scope: tsk}}\n": (10, 23, "'tsk' is not possible here: did you mean task?"),
    "response: {detection: {laek: {chance: 1}}}\n": (10, 24, "'laek' is not possible here: did you mean leak?"),
    "description: 12\n": (10, 14, "`description` is 12 where text is due: put it in quotes"),
    "roles:\n": (10, 7, "`roles` has no value where a mapping is due: add it, or remove the key"),
    "roles: [a]\n": (10, 8, "`roles` is a list where a mapping is due: write keys and values"),
    "roles: {r: {entitlements: x}}\n": (
        10,
        27,
        "`entitlements` is 'x' where a list is due: put it in [brackets]",
    ),
    "tools: {t: {general_purpose: yes}}\n": (
        10,
        30,
        "`general_purpose` is 'yes' where true or false is due: write true or false",
    ),
    "response: {completeness: high}\n": (10, 26, "`completeness` is 'high' where a number is due: write one"),
    "response: {completeness: 1.5}\n": (
        10,
        26,
        "`completeness` is 1.5, above its limit of 1: write another number",
    ),
    "response: {miss_rate: -0.1}\n": (10, 23, "`miss_rate` is -0.1, below its limit of 0: write another number"),
    "horizon: 30\n": (10, 10, "the duration 30 has no unit: write 30s, 30m, 30h or 30d"),
    "horizon: 30x\n": (10, 10, "'x' in the duration '30x' is not a unit: write ms, s, m, h, d, w or y"),
    "horizon: -3d\n": (10, 10, "the duration '-3d' is negative: write one that is not"),
    "horizon: P1M\n": (10, 10, "the duration 'P1M' has months, which have no fixed length: write days"),
    "horizon: never\n": (
        10,
        10,
        "'never' is not possible here: write a duration, such as 500ms, 15m, 1h30m or 27d",
    ),
    "horizon: 0s\n": (
        10,
        10,
        "the duration '0s' is zero: write one that is longer, such as 500ms, 15m, 1h30m or 27d",
    ),
    "horizon: 3000y\n": (10, 10, "the duration '3000y' is longer than 2000 years: write a shorter one"),
    "response: {delay: {exponential: {mean: 3}}}\n": (
        10,
        40,
        "the duration 3 has no unit: write 3s, 3m, 3h or 3d",
    ),
    "response: {delay: {expnential: {mean: 3d}}}\n": (
        10,
        20,
        "no distribution is called 'expnential': did you mean exponential?",
    ),
    "response: {delay: {lognormal: {p20: 5m, p50: 1m}}}\n": (
        10,
        31,
        "the higher quantile of a lognormal is not the longer duration: swap them",
    ),
    "response: {delay: {empirical: [1s, 2]}}\n": (10, 36, "the duration 2 has no unit: write 2s, 2m, 2h or 2d"),
    "tasks: {t: {identity: ci, rate: 40}}\n": (
        10,
        33,
        "40 is not a rate: write a number of runs and a unit of time, such as 40/d",
    ),
    "tasks: {t: {identity: ci, rate: 4/m}}\n": (
        10,
        33,
        "'m' in the rate '4/m' is not a unit of time: write s, min, h, d or w",
    ),
    "goals: {g: {lost: [cases]}}\n": (
        10,
        20,
        "'cases' has no impact: write `cases: confidentiality`, integrity or availability",
    ),
    "tools: {a.b: {}}\n": (
        10,
        9,
        "the tool name 'a.b' has a dot, which parts a tool from its operation: use a hyphen",
    ),
    'roles: {"": {}}\n': (10, 9, "a name is empty: write one"),
    "compare: [rbac, jit, rbac]\n": (10, 22, "'rbac' stands twice in this list: remove one"),
    "observed: 3\n": (10, 11, "`observed` is 3 where a list is due: put it in [brackets]"),
    "observed: runs.jsonl\n": (
        10,
        11,
        "`observed` names the file 'runs.jsonl', but this scenario is no file: list the runs here",
    ),
}

REFERS = {
    "policy: rbca\n": (10, 9, "no policy is called 'rbca': did you mean rbac?"),
    "compare: [jti]\n": (10, 11, "no policy is called 'jti': did you mean jit?"),
    "tasks: {t: {identity: cy}}\n": (10, 23, "no identity is called 'cy': known: ci"),
    "tasks: {t: {identity: ci, needs: [a.b]}}\n": (10, 35, "no operation is called 'a.b': none is defined"),
    "goals: {g: {}}\n": (
        10,
        12,
        "a goal needs `lost`, `performed` or `steered`: as it stands it is always reached",
    ),
    "goals: {g: {lost: [cases: integrity]}}\n": (10, 20, "no resource is called 'cases': none is defined"),
    "resources: {r: {contains: [r]}}\n": (10, 28, "r -> r is a cycle of `contains`: remove one of its links"),
    "observed: [{task: t, calls: []}]\n": (10, 19, "no task is called 't': none is defined"),
    "incident: {date: 2025-08-08, reached: [g]}\n": (10, 40, "no goal is called 'g': none is defined"),
    "response: {responders: {r: {governs: []}}}\n": (
        10,
        38,
        "a responder governs nothing: name an identity or a resource",
    ),
    "response: {responders: {r: {governs: [shoop]}}}\n": (
        10,
        39,
        "no identity or resource is called 'shoop': known: ci",
    ),
    "response: {approvals: {r: {of: {k: 3, n: 2}}}}\n": (
        10,
        36,
        "3 of 2 people can never agree: write a k of at most 2",
    ),
    "response: {approvals: {r: {covers: [a.b]}}}\n": (10, 37, "no operation is called 'a.b': none is defined"),
    "response: {approvals: {r: {exempt: [boss]}}}\n": (10, 37, "no role is called 'boss': none is defined"),
    "response: {approvals: {r: {off_in: [stagin]}}}\n": (
        10,
        37,
        "no task or environment is called 'stagin': known: production",
    ),
    "response: {forgets: [keys]}\n": (10, 22, "no credential is called 'keys': did you mean key?"),
    "attacker: {aims_at: [all]}\n": (10, 22, "no goal is called 'all': none is defined"),
    "attacker: {tries: twice}\n": (10, 19, "'twice' is not possible here: known: each-time, once"),
    "attacker: {retry: 10}\n": (10, 19, "the duration 10 has no unit: write 10s, 10m, 10h or 10d"),
    "policies: {p: {approval: high}}\n": (10, 26, "'high' is not possible here: known: all, high-impact, none"),
    "policies: {p: {asked: hour}}\n": (10, 23, "'hour' is not possible here: known: each-use, session, task, time"),
    "policies: {p: {approved_for: 0s}}\n": (
        10,
        30,
        "the duration '0s' is zero: write one that is longer, such as 500ms, 15m, 1h30m or 27d",
    ),
    "policies: {p: {extends: q}}\n": (
        10,
        25,
        "no policy is called 'q': known: jit, p, rbac, rbac-context, static-secrets, ...",
    ),
    "policies: {p: {extends: q}, q: {extends: p}}\n": (
        10,
        42,
        "p -> q -> p is a cycle: a policy cannot rest on itself",
    ),
    "policies: {p: {otherwise: jit}}\n": (
        10,
        27,
        "`otherwise` 'jit' governs nobody without `applies_to`: add one, or remove it",
    ),
}


@pytest.mark.parametrize("extra", [*READ, *FITS, *REFERS])
def test_a_mistake_is_told_at_its_line_and_column(extra: str) -> None:
    line, column, message = (READ | FITS | REFERS)[extra]
    assert only(HEAD + extra) == f"f.yaml:{line}:{column}: {message}"


def test_the_entry_points_own_mistakes() -> None:
    head = HEAD.replace("  start: {leak: key}\n", "")
    assert only(head + "  a: {leak: kay}\n") == "f.yaml:9:13: no credential is called 'kay': did you mean key?"
    assert only(head + "  a: {poison: {task: t}}\n") == "f.yaml:9:22: no task is called 't': none is defined"
    assert only(head + "  a: {mistake: {agent: cj}}\n") == "f.yaml:9:24: no identity is called 'cj': known: ci"
    found = only(head + "  a: {poison: {tsk: t}}\n")
    assert found == "f.yaml:9:16: poison has no key 'tsk': write a resource, {task: NAME} or {operation: NAME}"
    found = only(head + "  a: {leak: key, compromise: ci}\n")
    assert found.startswith("f.yaml:9:6: an entry point is one of leak, poison, compromise and mistake, here")


def test_a_version_from_the_future_is_refused() -> None:
    found = only(HEAD.replace("simkit: 1", "simkit: 2"))
    assert found == "f.yaml:1:9: `simkit` is 2: this version reads scenario format 1, write `simkit: 1`"


def test_all_mistakes_are_shown_at_once_in_file_order() -> None:
    text = HEAD + "tasks:\n  t: {identity: cy}\nhorizon: 3\nname: again\npolcy: jit\nresponse: {completeness: 7}\n"
    assert [line.split(": ")[0] for line in complaints(text)] == [
        "f.yaml:11:17",
        "f.yaml:12:10",
        "f.yaml:13:1",
        "f.yaml:14:1",
        "f.yaml:15:26",
    ]


def test_a_mistake_does_not_make_good_names_dangle() -> None:
    text = (
        HEAD
        + "tools:\n  crm: {operations: {read: {effect: raed}}}\nroles: {r: {entitlements: [operation: crm.read]}}\n"
    )
    assert only(text) == "f.yaml:11:37: 'raed' is not possible here: did you mean read?"


def test_a_bomb_of_aliases_is_refused() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
    assert "aliases repeat more than 100000 values here" in only(bomb)


def test_an_honest_alias_is_read() -> None:
    text = HEAD + "roles: {a: &r {entitlements: []}, b: *r}\n"
    assert set(loads(text).model.roles) == {"a", "b"}


JSON = '{"simkit": 1, "name": "small",\n "identities": {"ci": {}},\n "entry_points": {"start": {"compromise": "ci"}}%s}'
IN_JSON = {
    ',\n "name": "x"': "f.json:4:2: the key 'name' stands twice, first on line 1: remove one",
    ',\n "horizon": 3': "f.json:4:13: the duration 3 has no unit: write 3s, 3m, 3h or 3d",
    ',\n "horizon": NaN': "f.json:4:13: this is not JSON, a value is due here: write text in quotes, a number, "
    "a list or a mapping",
    ',\n "description": "\\u0007"': "f.json:4:17: the character U+0007 is a control character: remove it",
    ',\n "response": {"completeness": 1e999}': "f.json:4:31: the number 1e999 is too large: write a finite one",
    ",": "f.json:3:50: this is not JSON, a key in double quotes is due here: add it",
    ',\n "tasks": {"t": {"identity": "cy"}}': "f.json:4:30: no identity is called 'cy': known: ci",
}


@pytest.mark.parametrize("extra", IN_JSON)
def test_json_is_as_strict_as_yaml(extra: str) -> None:
    assert only(JSON % extra, "f.json") == IN_JSON[extra]


def test_json_is_read_whatever_the_file_is_called() -> None:
    assert loads(JSON % "", "f.json") == loads(JSON % "", "f.json")
    assert loads(JSON % "", "f.yaml").digest == loads(JSON % "", "f.json").digest


def test_a_mapping_in_braces_that_is_not_json_is_yaml() -> None:
    assert loads("{simkit: 1, name: a, identities: {b: {}}, entry_points: {c: {compromise: b}}}").name == "a"


@pytest.mark.parametrize(("text", "value"), [("no", "no"), ("1:30", "1:30"), ("2025-08-08", "2025-08-08")])
def test_text_that_yaml_1_1_misreads_is_text(text: str, value: str) -> None:
    assert loads(HEAD + f"description: {text}\n").description == value


def test_a_file_that_cannot_be_opened_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file is called '.*gone\.yaml': check the name and the folder"):
        load(tmp_path / "gone.yaml")
    with pytest.raises(InputError, match=r"is a folder: name a file in it"):
        load(tmp_path)
    with pytest.raises(InputError):
        load("a\0b")


def test_bytes_that_are_not_utf_8_are_told_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"simkit: 1\nname: caf\xe9\n")
    with pytest.raises(ScenarioError, match=r"latin\.yaml:2:10: the byte 0xE9 is not UTF-8: save the file as UTF-8"):
        load(path)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as file:
        file.truncate(64 * 1024 * 1024 + 1)
    with pytest.raises(InputError, match="is larger than 64 MiB"):
        load(path)


def test_mistakes_in_the_file_of_observed_runs_have_its_lines(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(HEAD + "tasks: {t: {identity: ci}}\nobserved: runs.jsonl\n")
    runs = tmp_path / "runs.jsonl"
    runs.write_text('{"task": "t", "calls": []}\n\n{"task": "t", "calls": [], "success": false}\n')
    assert [run.success for run in load(tmp_path / "s.yaml").observed] == [True, False]
    runs.write_text('{"task": "t", "calls": []}\n\n{"task": "u", "calls": []}\n')
    with pytest.raises(ScenarioError, match=r"runs\.jsonl:3:10: no task is called 'u': did you mean t\?|known: t"):
        load(tmp_path / "s.yaml")
    runs.write_text('{"task": "t", "calls": []}\n{"task": "t"}\n{"task"}\n{"task": "t", "calls": [1]}')
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "s.yaml")
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(2, 1), (3, 8), (4, 25)]


@pytest.mark.parametrize("name", ["../runs.jsonl", "/etc/hostname", "gone.jsonl"])
def test_observed_runs_lie_beside_the_scenario(tmp_path: Path, name: str) -> None:
    (tmp_path / "s.yaml").write_text(HEAD + f"observed: {name}\n")
    with pytest.raises(ScenarioError, match=r"s\.yaml:10:11: "):
        load(tmp_path / "s.yaml")


def test_braces_with_escapes_and_plain_keys_are_yaml() -> None:
    text = '{simkit: 1, name: "caf\\u00e9", identities: {b: {}}, entry_points: {c: {compromise: b}}}'
    assert loads(text).name == "café"


def test_a_list_where_text_is_due_is_not_told_to_take_quotes() -> None:
    found = only(HEAD + "description: [a]\n")
    assert found == "f.yaml:10:14: `description` is a list where text is due: write one text"


def test_the_collector_runs_again_after_a_large_file() -> None:
    assert gc.isenabled()
    assert loads(HEAD + f"description: {'x' * 300_000}\n").name == "small"
    assert gc.isenabled()
    with pytest.raises(ScenarioError):
        loads(HEAD + f"horizon: {'x' * 300_000}\n")
    assert gc.isenabled()


def test_a_policy_cannot_be_its_own_otherwise() -> None:
    found = only(HEAD + "policies: {p: {applies_to: {kind: agent}, otherwise: p}}\n")
    assert found == "f.yaml:10:54: p -> p is a cycle: a policy cannot rest on itself"


def test_one_wrong_section_does_not_bury_the_reader() -> None:
    resources = "".join(f"  r{n}: {{holds: [kee]}}\n" for n in range(300))
    assert len(complaints(HEAD + "resources:\n" + resources)) == 100


def test_a_message_is_one_sentence_that_ends_with_the_mend() -> None:
    for _, _, message in (READ | FITS | REFERS).values():
        assert re.fullmatch(r"[^\n]+: [^\n]+([^.\n]|, \.\.\.)", message)


def test_a_refused_key_is_one_problem_also_in_a_file_that_is_no_mapping() -> None:
    with pytest.raises(ScenarioError) as caught:
        loads('[{"\\u001f": null, "\\u001e": null}]', "f.json")
    assert [(problem.line, problem.column) for problem in caught.value.problems] == [(1, 1), (1, 3), (1, 19)]


SAID_OF_SESSIONS = {
    "response: {actions: [{disable: {chance: 0.5}}]}": "disable is done to a whole account at once: remove `chance`",
    "response: {actions: [{clean-content: {of: [gone]}}]}": "no resource is called 'gone'",
    "response: {actions: [erase]}": "'erase' is not possible here",
    "tools: {db: {session: {like: postgres}, operations: {}}}": "'postgres' is not possible here",
    "tools: {db: {session: {on_revoke: stays}, operations: {}}}": "'stays' is not possible here",
    "tools: {db: {session: {on_revoke: {survives: {exponential: {mean: 1h}}}}, operations: {}}}": (
        "a time that varies is possible for on_expiry only: write a duration, such as 1h"
    ),
    "trust: [{from: ci, to: ci2, session: {cut_by: [hope]}}]": "'hope' is not possible here",
}


@pytest.mark.parametrize("extra", SAID_OF_SESSIONS)
def test_a_word_on_sessions_or_responders_that_does_not_fit_is_told(extra: str) -> None:
    assert any(SAID_OF_SESSIONS[extra] in told for told in complaints(f"{HEAD}{extra}\n"))
