"""The pictures show the numbers of the results, and refuse what cannot be drawn."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from support_desk import DESK, named

import simkit
from simkit import plots
from simkit.blast_radius import AttackPath, Interval
from simkit.diagram import marks
from simkit.diagram.diagram import SHARED, default_group, layout, picture
from simkit.diagram.marks import MOST_NODES
from simkit.model import Credential, Entitlement, Identity, Model, Operation, Resource, Role, Tool
from simkit.plots.front import Design, front
from simkit.plots.style import rendered, wide_range


def texts(axes) -> list[str]:  # type: ignore[no-untyped-def]
    return [text.get_text() for text in axes.texts]


def test_the_forest_names_the_mean_and_the_difference(of_drift: simkit.Comparison) -> None:
    shown = texts(plots.comparison(of_drift))
    assert "no difference" in shown
    assert "119" in shown
    assert "against rbac" in shown


def test_the_forest_is_logarithmic_only_where_values_differ_much(
    of_drift: simkit.Comparison, of_starter: simkit.Comparison
) -> None:
    assert plots.comparison(of_drift).get_xscale() == "symlog"
    alike = replace(of_starter, results=(of_starter["rbac"], of_starter["jit"]), against="rbac")
    assert plots.comparison(alike).get_xscale() == "linear"


@pytest.mark.parametrize(("values", "least"), [([0.0, 1.0, 40.0], None), ([0.3, 40.0], 0.1), ([], None), ([0.0], None)])
def test_a_wide_range_begins_at_a_power_of_ten(values: list[float], least: float | None) -> None:
    assert wide_range(values) == least


def test_policies_with_the_same_curve_share_a_line(of_drift: simkit.Comparison) -> None:
    for axes in (plots.over_time(of_drift), plots.exceedance(of_drift)):
        labels = [line.get_label() for line in axes.get_lines()]
        assert "static-secrets = rbac" in labels
        assert sum("rbac-context" in str(label) for label in labels) == 1


def test_the_curve_over_time_ends_at_the_mean_value_lost(of_starter: simkit.Comparison) -> None:
    result = of_starter["jit"]
    line = plots.over_time(result).get_lines()[0]
    assert float(line.get_ydata()[-1]) == pytest.approx(result.value_lost().estimate)
    assert float(line.get_ydata()[0]) == 0.0


def test_exceedance_starts_at_the_share_of_trials_with_a_loss(of_starter: simkit.Comparison) -> None:
    result = of_starter["task-scoped"]
    line = plots.exceedance(result).get_lines()[0]
    assert float(line.get_ydata()[0]) == float((result.values > 0).mean())
    assert float(line.get_ydata()[-1]) == 0.0


def title(axes) -> str:  # type: ignore[no-untyped-def]
    return " ".join(axes.get_title(loc="left").split())


def test_the_title_of_a_comparison_names_the_least_loss_and_that_in_force(of_drift: simkit.Comparison) -> None:
    assert title(plots.comparison(of_drift)) == (
        "salesloft-drift, drift-aws: zero-standing loses 0 on average, rbac 119"
    )
    least = replace(of_drift, results=(of_drift["static-secrets"], of_drift["zero-standing"]), against="zero-standing")
    assert title(plots.comparison(least)).endswith(
        "no policy loses less than zero-standing, 0 on average; static-secrets loses 119"
    )
    alike = replace(of_drift, results=(of_drift["static-secrets"], of_drift["rbac"]), against="rbac")
    assert title(plots.comparison(alike)).endswith("no policy loses less than rbac: 119 on average")


def test_the_title_over_time_says_when_half_is_lost(of_starter: simkit.Comparison) -> None:
    result = of_starter["rbac"]
    said = title(plots.over_time(result))
    assert said.startswith("starter, leaked-ci-secret: half of the 160 lost under rbac is lost within 2 min 10 s")
    before, then = result.over_time([110.0, 130.5])
    assert before.estimate < 80 <= then.estimate
    none = of_starter["zero-standing"]
    assert title(plots.over_time(none)).endswith("nothing of value is lost under zero-standing")
    possible = replace(none, worst_case=result.worst_case)
    assert title(plots.over_time(possible)).endswith(
        f"nothing of value is lost in any of {none.trials:,} trials under zero-standing"
    )


def test_the_title_of_exceedance_is_what_19_of_20_trials_lose_at_most(of_starter: simkit.Comparison) -> None:
    p95 = of_starter["task-scoped"].quantile(0.95).estimate
    assert title(plots.exceedance(of_starter["task-scoped"])).endswith(
        f"19 of 20 trials lose at most {p95:g} under task-scoped"
    )
    assert title(plots.exceedance(of_starter)).endswith("under agents-only, nothing under zero-standing")


def test_the_title_of_the_heat_map_counts_what_is_reached(of_drift: simkit.Comparison) -> None:
    reached = sum(of_drift["rbac"].chance(goal).estimate > 0 for goal in of_drift["rbac"].legend.goals)
    assert reached == 4
    assert "4 of 5 goals are reached in some of 300 trials under rbac, 0 under" in title(plots.goals_heatmap(of_drift))


def test_resources_that_nothing_reaches_are_counted_below(of_starter: simkit.Comparison) -> None:
    axes = plots.goals_heatmap(of_starter, rows="resources")
    shown, everything = len(axes.get_yticklabels()), len(set(of_starter["rbac"].legend.losses.values()))
    assert shown < everything
    assert axes.get_xlabel().endswith(f"not shown: {everything - shown} that no policy lets happen")


def test_the_title_of_the_tradeoff_names_who_is_beaten(of_starter: simkit.Comparison) -> None:
    beaten = [each for each in plots.pareto(of_starter).get_legend().get_texts() if "(beaten)" in each.get_text()]
    assert beaten
    assert "beaten by" in title(plots.pareto(of_starter))
    only = replace(
        of_starter, results=(of_starter["static-secrets"], of_starter["zero-standing"]), against="zero-standing"
    )
    assert title(plots.pareto(only)).endswith("what costs more loses less, and none of the 2 is beaten")


def test_the_title_of_a_race_says_what_the_ends_lose() -> None:
    def at(value: float) -> Interval:
        return Interval(value, value, value, 9, "normal")

    rising = [(60.0, at(1.0)), (3600.0, at(5.0)), (86400.0, at(5.0))]
    assert title(plots.race({"rbac": rising}, axis="lag")) == "1 is lost at a lag of 1 min, 5 from 1 h on"
    assert title(plots.race({"rbac": rising[:2]}, axis="lag")) == "1 is lost at a lag of 1 min, 5 at 1 h"
    level = [(60.0, at(5.0)), (3600.0, at(5.0))]
    assert title(plots.race({"a": level, "b": rising}, axis="lag")) == "a: 5 is lost at any lag from 1 min to 1 h"


def test_the_title_of_a_waterfall_names_the_greatest_drop() -> None:
    rows = [("start", 10.0, 9.0, 11.0), ("one", 8.0, 7.0, 9.0), ("two", 3.0, 2.0, 4.0)]
    assert title(plots.waterfall(rows)) == "two saves most, 5 of the 10 lost"
    assert title(plots.waterfall(rows, title="mine")) == "mine"
    assert title(plots.waterfall([rows[2], rows[0]])) == "no change makes the 3 lost less"


def test_the_title_of_a_path_says_how_often_and_how_soon(of_starter: simkit.Comparison) -> None:
    (taken, *_) = of_starter["rbac"].paths("customers-leaked")
    assert (taken.share.estimate, round(taken.steps[-1].done)) == (1.0, 559)
    assert title(plots.path(taken)) == "100 % of trials reach customers-leaked this way, the median after 9 min 19 s"


def test_the_title_of_a_graph_says_where_its_lines_lead(starter: simkit.Scenario) -> None:
    assert title(plots.graph(starter)) == (
        "starter: 10 identities and 7 credentials lead to 12 of 12 resources through 10 tools"
    )


def test_the_heat_map_marks_what_only_the_worst_case_reaches(of_drift: simkit.Comparison) -> None:
    shown = texts(plots.goals_heatmap(of_drift))
    assert "0 % •" in shown
    assert len([text for text in shown if "%" in text]) == 6 * 5


def test_the_heat_map_of_resources_has_a_row_for_each_loss_with_a_value(of_starter: simkit.Comparison) -> None:
    axes = plots.goals_heatmap(of_starter, rows="resources")
    rows = {label.get_text() for label in axes.get_yticklabels()}
    assert "customer-records:availability" in rows


def test_the_heat_map_of_resources_marks_what_only_the_worst_case_loses(of_drift: simkit.Comparison) -> None:
    shown = texts(plots.goals_heatmap(of_drift, rows="resources"))
    assert "0 % •" in shown
    worst = of_drift["task-scoped"].worst_case
    assert "typical-cases:confidentiality" in worst.losses
    assert "okta-cases:confidentiality" not in worst.losses


def test_text_on_the_heat_map_stands_out() -> None:
    from simkit.plots.heatmap import _ink

    assert [_ink(chance) for chance in (0.0, 0.5, 1.0)] == ["#1A1A1A", "#1A1A1A", "white"]


def test_the_heat_map_knows_two_kinds_of_rows(of_drift: simkit.Comparison) -> None:
    with pytest.raises(simkit.QuestionError, match="no rows 'goal': did you mean goals"):
        plots.goals_heatmap(of_drift, rows="goal")  # type: ignore[arg-type]


def test_a_path_shows_each_step_and_when_it_is_done(of_starter: simkit.Comparison) -> None:
    (taken, *_) = of_starter["rbac"].paths("customers-leaked")
    shown = texts(plots.path(taken))
    assert [text for text in shown if text in {step.label for step in taken.steps}] == [s.label for s in taken.steps]
    assert any(text.startswith("+1 min") for text in shown), "the wait for the finder"


def test_a_path_without_steps_cannot_be_drawn() -> None:
    with pytest.raises(simkit.QuestionError, match="nothing to draw"):
        plots.path(AttackPath("jewel", (), Interval(0.0, 0.0, 0.0, 1, "Wilson")))


def test_every_thing_of_a_model_stands_in_one_boundary_and_no_two_in_one_place() -> None:
    drawn = picture(DESK, "environment", 240)
    assert {node.id for node in drawn.nodes} == {
        *(f"identity:{name}" for name in DESK.identities),
        *(f"credential:{name}" for name in DESK.credentials),
        *(f"tool:{name}" for name in DESK.tools),
        *(f"resource:{name}" for name in DESK.resources),
    }
    places = layout(drawn)
    taken = [(node.kind, places.rows[node.id]) for node in drawn.nodes]
    assert len(set(taken)) == len(taken)
    for node in drawn.nodes:
        start, height = places.boundaries[node.boundary]
        assert start <= places.rows[node.id] <= start + height


def test_roles_are_looked_through() -> None:
    edges = {(edge.source, edge.target, edge.relation) for edge in picture(DESK, "none", 240).edges}
    assert ("identity:desk", "tool:crm", "entitled to") in edges
    assert not any("role:" in end for edge in edges for end in edge)


def test_a_tool_of_two_boundaries_stands_across_them() -> None:
    boundaries = {node.id: node.boundary for node in picture(DESK, "tier", 240).nodes}
    assert boundaries["tool:crm"] == SHARED, "the desk and the pipeline use it"
    assert boundaries["tool:pay"] == "support"
    assert boundaries["credential:deploy-key"] == "no tier"


def test_the_boundary_is_the_one_that_tells_most(starter: simkit.Scenario) -> None:
    assert default_group(starter.model) == "environment"
    assert default_group(DESK) == "tier"
    assert default_group(Model(identities=named(Identity("a")))) == "none"


def large(count: int, roles: int = 1) -> Model:
    """`count` agents, each with a token and a role, that read the same store."""
    agents = [Identity(f"agent-{i}", "agent", roles=(f"role-{i % roles}",)) for i in range(count)]
    tools = [Tool(f"tool-{i}", named(Operation("read", "read", ("store",)))) for i in range(roles)]
    return Model(
        identities=named(*agents),
        resources=named(Resource("store")),
        tools=named(*tools),
        credentials=named(*(Credential(f"token-{i}", f"agent-{i}") for i in range(count))),
        roles=named(*(Role(f"role-{i}", (Entitlement(f"tool-{i}.read"),)) for i in range(roles))),
    )


def test_a_few_hundred_things_are_drawn_one_by_one() -> None:
    assert not picture(large(100), "none", MOST_NODES).aggregated


def test_beyond_that_alike_things_share_a_box_and_the_picture_says_so() -> None:
    model = large(2000, roles=5)
    drawn = picture(model, "none", 240)
    assert drawn.aggregated
    assert sum(node.count for node in drawn.nodes) == drawn.things == 4006
    assert len(drawn.nodes) <= 240
    axes = plots.graph(model)
    assert "4,006 things in" in axes.get_title(loc="left")
    assert any("2,000 × agent" in text for text in texts(axes))


def test_a_large_picture_still_shows_where_the_attack_starts_and_what_it_is_after() -> None:
    estate = simkit.generate(25_000, seed=0)
    drawn = picture(estate.model, "tier", 240, marks.starts(estate) | marks.jewels(estate))
    assert drawn.aggregated
    shown = {node.id for node in drawn.nodes if node.count == 1}
    assert marks.starts(estate) <= shown
    assert marks.jewels(estate) <= shown
    legend = plots.graph(estate).get_legend()
    assert {marks.ATTACK, marks.JEWEL} <= {text.get_text() for text in legend.get_texts()}


def test_things_with_the_same_neighbours_are_alike() -> None:
    tokens = [Credential(f"token-{i}", "bot") for i in range(400)]
    model = Model(identities=named(Identity("bot", "agent"), Identity("other", "agent")), credentials=named(*tokens))
    drawn = picture(model, "none", 240)
    labels = {node.label for node in drawn.nodes}
    assert labels == {"400 × credential", "bot", "other"}, "two agents with other neighbours stay apart"


def test_a_graph_is_grouped_by_what_there_is() -> None:
    with pytest.raises(simkit.QuestionError, match="cannot be grouped by 'tiers': did you mean tier"):
        plots.graph(DESK, group="tiers")
    with pytest.raises(simkit.QuestionError, match="the model is empty"):
        plots.graph(Model())


def test_the_front_holds_what_no_other_beats() -> None:
    def design(name: str, overhead: float, loss: float) -> Design:
        return Design(name, overhead, Interval(loss, loss, loss, 9, "normal"))

    designs = [design("a", 0, 9), design("b", 0, 10), design("c", 5, 3), design("d", 6, 3), design("e", 7, 1)]
    assert [found.name for found in front(designs)] == ["a", "c", "e"]


def test_overhead_is_measured_in_what_there_is(of_drift: simkit.Comparison) -> None:
    with pytest.raises(simkit.QuestionError, match="'token': did you mean tokens"):
        plots.pareto(of_drift, overhead="token")
    with pytest.raises(simkit.QuestionError, match="has no prices"):
        plots.pareto(of_drift, overhead="control")


def test_without_prices_minutes_tokens_and_records_stand_apart(of_drift: simkit.Comparison) -> None:
    panels = plots.pareto(of_drift).figure.axes
    assert [axes.get_xlabel().removesuffix(" (log scale)") for axes in panels] == [
        "minutes that people wait a day",
        "tokens issued a day",
        "audit records a day",
    ]


def test_with_prices_a_design_stands_where_its_controls_cost_money(of_starter: simkit.Comparison) -> None:
    """By hand from the file: a year of approvals, minutes, tokens and records, and what the policy costs itself."""
    side = of_starter["zero-standing"].utility
    daily = 2 * side.approvals_a_day + 0.07 * side.waiting_minutes_a_day
    daily += 0.1 * side.tokens_a_day / 1000 + 0.01 * side.records_a_day / 1000
    assert of_starter.control["zero-standing"] == pytest.approx(365 * daily + 90_000)
    axes = plots.pareto(of_starter)
    assert axes.get_xlabel().startswith("cost of the controls a year, EUR")
    assert len(axes.figure.axes) == 1


def test_a_waterfall_says_each_value_and_each_change() -> None:
    shown = texts(plots.waterfall([("start", 10.0, 9.0, 11.0), ("one", 4.0, 3.0, 5.0), ("two", 4.0, 3.0, 5.0)]))
    assert shown == ["10", "4  (−6)", "4  (no change)"]


def test_a_waterfall_needs_a_change() -> None:
    with pytest.raises(simkit.QuestionError, match="1 rows: give a start and at least one change"):
        plots.waterfall([("start", 1.0, 1.0, 1.0)])


def test_names_are_never_read_as_mathematics() -> None:
    model = Model(identities=named(Identity("a$b$c", "agent")), credentials=named(Credential("$x^2$", "a$b$c")))
    axes = plots.graph(model)
    figure = axes.get_figure(root=True)
    assert figure is not None
    figure.canvas.draw()
    assert "a$b$c" in texts(axes)
    assert not any(text.get_parse_math() for text in axes.texts)


def test_a_race_needs_lines_with_points_at_moments() -> None:
    at = Interval(1.0, 0.5, 1.5, 9, "normal")
    with pytest.raises(simkit.QuestionError, match="'rbac' has 1 points"):
        plots.race({"rbac": [(60.0, at)]})
    with pytest.raises(simkit.QuestionError, match="has a duration of 0 s"):
        plots.race({"rbac": [(0.0, at), (60.0, at)]})
    with pytest.raises(simkit.QuestionError, match="no line to draw"):
        plots.race({})


def test_the_waterfall_of_dials_ends_where_all_are_turned(starter: simkit.Scenario) -> None:
    found = simkit.ablate(starter, "leaked-ci-secret", "rbac", "task-scoped", trials=60)
    axes = plots.waterfall(found)
    assert axes.get_yticklabels()[0].get_text() == "rbac"
    last = texts(axes)[-1].split(" ")[0]
    assert float(last.replace(",", "")) == pytest.approx(found.after.loss.estimate, rel=0.01)


def test_the_front_of_changes_starts_as_it_is(starter: simkit.Scenario) -> None:
    found = simkit.recommend(starter, entry_points="leaked-ci-secret", trials=30, budget=2)
    labels = [text.get_text() for text in plots.pareto(found).get_legend().get_texts()]
    assert any(label.startswith("as it is") for label in labels)
    assert sum(label.startswith(("1.", "2.")) for label in labels) == len(found.curve) - 1 > 0


def test_a_picture_leaves_the_settings_of_matplotlib_as_they_were(of_drift: simkit.Comparison) -> None:
    before = dict(mpl.rcParams)
    plots.comparison(of_drift)
    assert dict(mpl.rcParams) == before


def test_a_name_in_a_script_that_the_font_lacks_is_no_reason_to_complain() -> None:
    """Python's warning would reach people on the command line; warnings are errors in these tests."""
    figure = Figure()
    figure.subplots().set_title("データ")
    assert rendered(figure.axes[0], "png").startswith(b"\x89PNG")


def test_a_bar_of_the_ranking_is_as_long_as_the_worst_case(starter: simkit.Scenario) -> None:
    found = simkit.rank(starter)
    axes = plots.ranking(found)
    assert [bar.get_width() for bar in axes.patches] == [row.value for row in found.rows[:12]]
    shown = texts(axes)
    assert shown[0].startswith(f"{found.rows[0].value:g}: ")
    many = replace(found, rows=found.rows[:1] * 15)
    assert (len(plots.ranking(many).patches), "; 3 more not shown" in title_of(many)) == (12, True)
    with pytest.raises(simkit.QuestionError, match="nothing to draw"):
        plots.ranking(replace(found, rows=()))


def title_of(found: simkit.Ranking) -> str:
    return " ".join(plots.ranking(found).get_title(loc="left").split())


def test_a_bar_of_a_narrowing_is_what_it_takes_away(starter: simkit.Scenario) -> None:
    found = simkit.recommend(starter, entry_points="leaked-ci-secret", trials=30)
    axes = plots.narrowings(found)
    helpful = [each for each in found if each.helps and not each.ties_with]
    assert [bar.get_width() for bar in axes.patches] == [each.less.estimate for each in helpful[:12]]
    assert sum("as good" in text for text in texts(axes)) == len({each.ties_with for each in found if each.ties_with})
    with pytest.raises(simkit.QuestionError, match="no narrowing makes the value lost smaller"):
        plots.narrowings(replace(found, ranked=()))
