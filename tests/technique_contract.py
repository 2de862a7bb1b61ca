"""What every row of the table of techniques must do: compile, rest on what can be taken away, and be known everywhere.

Each function asks one question of a technique in a small world. The author of a technique has to say nothing else
anywhere: narrowing, the log, the picture, detection and the public lists follow from the row.
"""

from __future__ import annotations

from dataclasses import replace

from simkit import policy
from simkit.attackgraph import Fact, Step
from simkit.checks.lines import Lines
from simkit.diagram.marks import pictured
from simkit.diagram.reached import lit
from simkit.engines.reach import worst_cases
from simkit.narrowing import Narrowing, candidates, cut_off, recommend
from simkit.narrowing.edits.candidates import removals
from simkit.narrowing.edits.supports import supported
from simkit.policies import sessions
from simkit.record import ocsf
from simkit.record.explanation import explain
from simkit.scenario import Scenario, loads
from simkit.simulation import compile_attack, replay, simulate
from simkit.standards import crosswalk, of
from simkit.techniques import GROUNDS, TECHNIQUES, Rule, World
from simkit.techniques.alternatives import Alternatives
from simkit.techniques.givers import Givers
from simkit.techniques.grounds import SUPPORTS, expanded, kind_of

LOUD = 'response: {{detection: {{"{}": {{chance: 1}}}}}}\n'
HARM = ("lost", "performed", "reached", "runs_in", "deleted", "tainted")
"""Facts that are called the same before and after an edit; sessions and tokens may change their names."""


def rules_of(technique: str) -> dict[str, Rule]:
    return {rule.name: rule for rule in TECHNIQUES[technique].rules}


def steps_of(scenario: Scenario, technique: str) -> list[Step]:
    return [step for step in compile_attack(scenario).graph.steps if step.rule in rules_of(technique)]


def its_steps_compile_and_say_rules_and_grounds_that_are_declared(scenario: Scenario, technique: str) -> None:
    found = steps_of(scenario, technique)
    assert {step.rule for step in found} == set(rules_of(technique)), "the small world shows every rule"
    for step in found:
        assert step.grounds, step.key
        grounds = [*step.grounds, *(each.ground for each in step.conclusions if each.ground)]
        assert {ground.kind for ground in grounds} <= set(GROUNDS), step.key


def everything_that_it_rests_on_is_taken_away_by_some_edit(scenario: Scenario, technique: str) -> None:
    cut = sessions(scenario.model, scenario.grant_policy(), rotation_period=scenario.response.rotation_period)
    known = Alternatives.of(World.of(cut, scenario.response, scenario.entry_points, scenario.goals))
    for step in steps_of(scenario, technique):
        if step.premises:
            for ground in (*step.grounds, *(each.ground for each in step.conclusions if each.ground)):
                assert expanded(known, ground), f"{step.key}: {ground} is there in no way"
    leaves = {leaf for fact, ways in known.ways_of.items() for leaf in (fact, *(one for way in ways for one in way))}
    taken = {fact for edit in removals(scenario, Givers(scenario.model)) for fact in edit.removes() or ()}
    assert {leaf for leaf in leaves if leaf.kind in SUPPORTS} <= taken


def what_is_left_without_it_is_what_the_edited_scenario_compiles_to(scenario: Scenario) -> None:
    edits = list(removals(scenario, Givers(scenario.model)))
    assert _on_supports(scenario, None) == _compiled(scenario)
    for edit in edits:
        assert _on_supports(scenario, edit) == _compiled(edit.apply(scenario)), edit


def _on_supports(scenario: Scenario, edit: Narrowing | None) -> dict[str, set[Fact]]:
    made = supported(scenario)
    gone = made.without(edit.removes() or ()) if edit else []
    found = {}
    for name, starts in made.starts.items():
        held = worst_cases(made.graph, starts or [()], without=[gone] * max(len(starts), 1), threads=1)
        found[name] = {f for f, holds in zip(made.graph.facts, held.any(axis=0), strict=True) if holds}
    return {name: {fact for fact in facts if fact.kind in HARM} for name, facts in found.items()}


def _compiled(scenario: Scenario) -> dict[str, set[Fact]]:
    graph = compile_attack(scenario).graph
    found = {}
    for name, entry in graph.entries.items():
        starts = [entry.roots(variant) for variant in range(len(entry.names))] or [[]]
        held = worst_cases(graph, starts, threads=1).any(axis=0)
        found[name] = {f for f, holds in zip(graph.facts, held, strict=True) if holds and f.kind in HARM}
    return found


def narrowing_takes_it_in_every_mode(scenario: Scenario) -> None:
    for name in (scenario.policy, "task-scoped", "static-secrets"):
        assert candidates(scenario, name)
        assert repr(recommend(scenario, name, trials=5, budget=1))
        for goal in scenario.goals:
            for exact in (True, False):
                assert repr(cut_off(scenario, name, goal=goal, trials=5, exact=exact))


def its_steps_stand_in_the_log_with_a_class_and_a_reason(scenario: Scenario, technique: str) -> None:
    rules, seen = rules_of(technique), set()
    for entry in scenario.entry_points:
        record = replay(scenario, entry_point=entry, trial=0)
        for identity in scenario.model.identities:
            assert explain(record, record.header.horizon, identity).summary
        for line in record.lines:
            rule = rules.get(str(line["unmapped"].get("rule")))
            if rule is not None:
                seen.add(rule.name)
                assert line["status_detail"], line["message"]
                assert (line["class_uid"] == ocsf.BASE.uid) == (not rule.logged), line["message"]
                if rule.logged:
                    assert line["unmapped"]["identities"], "somebody does it"
    assert seen == set(rules), "the small world takes every rule"


def its_steps_light_up_the_picture_and_lead_to_their_place_in_the_file(
    scenario: Scenario, text: str, technique: str
) -> None:
    drawn, lines, seen = pictured(scenario), Lines(scenario), set()
    for entry in scenario.entry_points:
        result = simulate(scenario, entry_point=entry, trials=20)
        for path in result.paths():
            for step, shown in zip(path.steps, lit(scenario, result, path, drawn), strict=True):
                if step.rule in rules_of(technique):
                    seen.add(step.rule)
                    assert shown.boxes, step.key
                    assert kind_of(step.ground).means, step.key
                    assert lines.of_ground(step.ground) > (1, 1), step.key
    assert seen, "some rule of it is on a path to a goal"


def it_can_be_detected_and_is_in_the_public_lists_or_says_why_not(
    scenario: Scenario, text: str, technique: str
) -> None:
    for name, rule in rules_of(technique).items():
        if rule.event:
            noticed = loads(text + LOUD.format(name))
            loud = replace(policy("rbac"), name="loud", response="automatic")
            found = [step for step in compile_attack(noticed, loud).graph.steps if step.rule == name]
            assert max(step.alert for step in found) == 1.0, name
        mapped = [reference.id for reference in of(name)]
        assert bool(mapped) == (rule.relevant is not None), name
        ((_, *cells),) = crosswalk([name]).rows
        assert mapped == [each for cell in cells if cell != "unmapped" for each in str(cell).split(", ")]
