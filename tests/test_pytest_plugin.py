"""The pytest plugin in a project of its own: it explains failures, renews baselines, and costs nothing unused."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from checks.worlds import DESK, grown

import simkit.checks
import simkit.simulation

# A pytest inside this one forgets what it imports; two copies of a module would have two classes for one error.
assert simkit.checks.check
assert simkit.simulation.simulate

pytest_plugins = ("pytester",)

OPEN = DESK.replace("{operation: crm.answer}", "{operation: crm.*}")
"""The desk may read the books: half of the attempts through the leaked key do."""
QUIET = ("-p", "no:randomly", "-p", "no:cacheprovider", "-q")
ASKS = 'blast_radius("scenarios/x.yaml", policy="rbac", entry_point="leaked-key", trials=400)'


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.mkdir("scenarios").joinpath("x.yaml").write_text(OPEN, "utf-8")
    return pytester


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pytest that is started loads no plugin that it is not told to load: others import much, and take their time."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def asserting(project: pytest.Pytester, *claims: str) -> pytest.RunResult:
    tests = (f"def test_{number}(blast_radius):\n    {claim}\n" for number, claim in enumerate(claims))
    project.makepyfile("\n".join(["import pytest", *tests]))
    return project.runpytest_inprocess(*QUIET)


def test_what_holds_passes(project: pytest.Pytester) -> None:
    asserting(
        project,
        f'assert {ASKS}.chance("books-leaked") <= 0.6',
        f'assert 0.4 <= {ASKS}.chance("ledger")',
        f'assert {ASKS}.chance("ledger:integrity") == 0',
        f"assert {ASKS}.worst_case() == 40",
        f"assert 20 < {ASKS}.value_lost() < 30",
        f'assert {ASKS}.measure("value-lost-p95") == 40',
        f'assert {ASKS}.chance("books-leaked").high < 0.6',
        f"assert {ASKS}.result.provenance.trials == 400",
    ).assert_outcomes(passed=8)


def test_a_failure_shows_the_path_and_the_interval(project: pytest.Pytester) -> None:
    ended = asserting(project, f'assert {ASKS}.chance("books-leaked") <= 0.05')
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(
        [
            "E * assert books-leaked <= 5 %",
            "E * books-leaked is 4* % [[]4* %, 5* %[]], from 400 trials",
            "E * in help-desk (*), rbac, leaked-key, seed 0, 400 trials, simkit *",
            "E * the most frequent attack path (4* % of trials):",
            "E *   1. leaked desk-key",
            "E *   2. use desk-key as desk",
            "E *   3. crm.books ledger",
            "E *   4. books-leaked is reached",
            "FAILED *::test_0 - assert boo*",
        ]
    )


@pytest.mark.parametrize(
    ("claim", "line"),
    [
        ('0.05 >= {}.chance("ledger")', "assert 5 % >= ledger"),
        ("{}.value_lost() < 5", "assert value-lost < 5"),
        ('{}.chance("books-leaked") == 0', "assert books-leaked == 0 %"),
        ('not {}.chance("books-leaked") > 0.05', "assert not books-leaked > 5 %"),
        ('{}.chance("ledger") <= blast_radius("scenarios/x.yaml", entry_point="poisoned-ticket", trials=9)'
         '.chance("cases:integrity")', "assert ledger <= 0 % (worst case, no matter how many trials)"),
    ],
)  # fmt: skip
def test_however_it_is_asserted(project: pytest.Pytester, claim: str, line: str) -> None:
    ended = asserting(project, f"assert {claim.format(ASKS)}")
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines([f"E * {line}", "E * is * from 400 trials", "E * attack path *"])


def test_a_bound_inside_the_interval_is_called_so(project: pytest.Pytester) -> None:
    ended = asserting(project, f'assert {ASKS}.chance("ledger") <= 0.45')
    ended.stdout.fnmatch_lines(["E * the interval holds the bound: more trials would tell"])


def test_other_assertions_are_left_to_pytest(project: pytest.Pytester) -> None:
    ended = asserting(project, f"{ASKS}; assert [1, 2] == [1, 3]")
    ended.stdout.fnmatch_lines(["E * At index 1 diff: 2 != 3"])


@pytest.mark.parametrize(
    ("claim", "says"),
    [
        ('blast_radius("scenarios/y.yaml")', "no file is called *y.yaml': check the name and the folder"),
        ('blast_radius("scenarios/x.yaml", entry_point="leaked-key", policy="rbacc")', "*did you mean rbac?"),
        (f'{ASKS}.chance("boks-leaked")', "*did you mean books-leaked?"),
        (
            'blast_radius.check("scenarios/x.yaml", baseline="no.json")',
            "there is no baseline *no.json*: make it with an u*",
        ),
    ],
)
def test_what_cannot_be_answered_fails_in_one_sentence_at_the_line_of_the_test(
    project: pytest.Pytester, claim: str, says: str
) -> None:
    ended = asserting(project, claim)
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines([">*blast_radius*", f"E * Failed: {says}", "*.py:*: Failed"])
    assert "simkit/" not in ended.stdout.str().split("Failed: ")[0].split("FAILURES")[1]


def test_the_marker_says_what_calls_leave_out(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        pytestmark = pytest.mark.blast_radius("scenarios/x.yaml", trials=9, entry_point="poisoned-ticket")

        @pytest.mark.blast_radius(policy="jit", entry_point="leaked-key")
        def test_nearer_marks_count_before_farther_ones(blast_radius):
            found = blast_radius(seed=3).result.provenance
            assert (found.policy, found.entry_point, found.trials, found.seed) == ("jit", "leaked-key", 9, 3)

        def test_a_call_counts_before_marks(blast_radius):
            assert blast_radius(trials=5).result.trials == 5
        """
    )
    project.runpytest_inprocess(*QUIET, "--strict-markers").assert_outcomes(passed=2)


def test_without_a_scenario_there_is_nothing_to_ask(project: pytest.Pytester) -> None:
    asserting(project, "blast_radius()").stdout.fnmatch_lines(["*pass its path, or set it with the marker*"])


def test_settings_of_the_project_count(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nsimkit_trials = 7\nsimkit_seed = 5\n")
    asserting(
        project,
        'found = blast_radius("scenarios/x.yaml", entry_point="leaked-key").result.provenance\n'
        "    assert (found.trials, found.seed) == (7, 5)",
    ).assert_outcomes(passed=1)
    project.makeini("[pytest]\nsimkit_trials = many\n")
    asserting(project, 'blast_radius("scenarios/x.yaml", entry_point="leaked-key")').stdout.fnmatch_lines(
        ["*simkit_trials is 'many': write a whole number*"]
    )


CHECKS = 'blast_radius.check("scenarios/x.yaml")'


def test_simkit_update_renews_baselines_and_says_which(project: pytest.Pytester) -> None:
    file = project.path / "scenarios" / "x.yaml"
    file.write_text(DESK, "utf-8")
    project.makeini("[pytest]\nsimkit_baseline = baseline.json\n")
    asserting(project, CHECKS).assert_outcomes(failed=1)
    renewed = project.runpytest_inprocess(*QUIET, "--simkit-update")
    renewed.assert_outcomes(passed=1)
    renewed.stdout.fnmatch_lines(["simkit: renewed baseline.json"])
    before = (project.path / "baseline.json").read_bytes()
    project.runpytest_inprocess(*QUIET).assert_outcomes(passed=1)

    file.write_text(grown().replace("at_most: 5%", "at_most: 1"), "utf-8")
    ended = project.runpytest_inprocess(*QUIET)
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(
        [
            "FAILED: 1 scenario, 2 of 2 expectations hold, 6 measures grew since baseline.json, 1 thing * taken away.",
            "GREW: books-leaked * because of entitlement crm.books of role desk added (undoing it takes back *).",
            "path: * (cut entitlement crm.books on ledger of desk)",
        ]
    )
    assert (project.path / "baseline.json").read_bytes() == before
    project.runpytest_inprocess(*QUIET, "--simkit-update").assert_outcomes(failed=1)
    assert (project.path / "baseline.json").read_bytes() == before
    why = ("--simkit-update", "--simkit-reason", "the books are open now")
    project.runpytest_inprocess(*QUIET, *why).assert_outcomes(passed=1)
    assert (project.path / "baseline.json").read_bytes() != before
    project.runpytest_inprocess(*QUIET).assert_outcomes(passed=1)


def test_a_renewal_does_not_hide_a_broken_expectation(project: pytest.Pytester) -> None:
    project.makeini("[pytest]\nsimkit_baseline = baseline.json\n")
    project.makepyfile(f"def test_it(blast_radius):\n    {CHECKS}\n")
    ended = project.runpytest_inprocess(*QUIET, "--simkit-update")
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["FAILED: *, 2 do not, baseline.json is renewed.", "FAILED: books-stay-closed: *"])


def test_a_renewal_without_a_baseline_says_so(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it():\n    pass\n")
    project.runpytest_inprocess(*QUIET, "--simkit-update").stdout.fnmatch_lines(["simkit: no test that ran checks *"])


def test_several_processes_do_not_race_for_a_baseline(project: pytest.Pytester, alone: None) -> None:
    project.makepyfile("def test_it():\n    pass\n")
    ended = project.runpytest_subprocess("-p", "simkit", "-p", "xdist", "--simkit-update", "-n", "2")
    assert ended.ret == pytest.ExitCode.USAGE_ERROR
    ended.stderr.fnmatch_lines(["ERROR: --simkit-update writes files * run it without -n*"])


# ------------------------------------------------------------------ in a process of its own


def test_the_installed_metadata_is_that_of_pyproject() -> None:
    (found,) = [each for each in entry_points(group="pytest11") if each.name == "simkit"]
    assert found.value == "simkit.pytest_entry", "simkit was installed before it moved: pip install -e . again"


@pytest.mark.parametrize("words", [(), ("-p", "simkit.pytest_plugin")], ids=" ".join)
def test_a_fresh_project_needs_nothing_but_simkit(project: pytest.Pytester, words: tuple[str, ...]) -> None:
    (project.path / "scenarios" / "x.yaml").write_text(OPEN.replace("  poisoned-ticket: {poison: tickets}\n", ""))
    project.makepyfile(
        """
        def test_customers_are_safe(blast_radius):
            assert blast_radius("scenarios/x.yaml", policy="rbac").chance("ledger") <= 0.05
        """
    )
    ended = project.runpytest_subprocess(*QUIET, *words)
    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines(["E * assert ledger <= 5 %", "E * ledger is * % [[]* %, * %[]], from 1,000 trials"])


def test_it_can_be_left_out(project: pytest.Pytester) -> None:
    project.makepyfile("def test_it(blast_radius):\n    pass\n")
    ended = project.runpytest_inprocess(*QUIET, "-p", "no:simkit")
    ended.assert_outcomes(errors=1)
    ended.stdout.fnmatch_lines(["E * fixture 'blast_radius' not found"])


def test_unused_it_imports_nothing_but_itself(tmp_path: Path) -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import simkit.pytest_entry, simkit.pytest_plugin; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.split() == ["simkit", "simkit.pytest_entry", "simkit.pytest_plugin"]


def test_a_session_that_does_not_use_it_never_imports_what_it_computes_with(
    project: pytest.Pytester, alone: None
) -> None:
    """Failed comparisons included, which the plugin is asked about."""
    project.makepyfile(
        """
        import sys

        def test_unused():
            assert 1 == 2

        def test_light():
            heavy = {"numba", "numpy", "pydantic", "networkx", "yaml", "matplotlib", "click"} & set(sys.modules)
            ours = {name for name in sys.modules if name.startswith("simkit.")}
            assert (heavy, ours) == (set(), {"simkit.pytest_plugin"})
        """
    )
    ended = project.runpytest_subprocess("-q", "-p", "no:cacheprovider", "-p", "simkit.pytest_plugin")
    ended.assert_outcomes(passed=1, failed=1)
