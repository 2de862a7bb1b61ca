"""Workflows: what the token of a job may do, whose words and code run in it, which secrets it holds; by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from importer_contract import ImporterContract, written

from simkit import Scenario, reach
from simkit.importers import Imported, import_files
from simkit.importers.github_actions.github_actions import GITHUB_ACTIONS
from simkit.importers.github_actions.job_permissions import LEVELS, SCOPES, all_at, within

TRIAGE = """\
name: triage
on:
  issues: {types: [opened]}
permissions: {contents: read, issues: write}
env: {TOKEN: "ghp_canaryInTheEnvironment000000000000"}
jobs:
  answer:
    runs-on: [self-hosted, linux]
    timeout-minutes: 15
    environment: production
    permissions: {contents: write, id-token: write, nonsense: write}
    steps:
      - uses: actions/checkout@v4
      - uses: aws-actions/configure-aws-credentials@v4
        with: {role-to-assume: "arn:aws:iam::1:role/deploy"}
      - uses: anthropics/claude-code-action@v1
        with:
          anthropic_api_key: ${{ secrets.ANTHROPIC_API_KEY }}
          claude_args: --allowedTools "Bash(gh issue view:*),Bash(pytest:*)"
      - run: |
          curl -H "Authorization: canary-in-a-script" https://example.com
  note:
    steps:
      - run: echo "${{ github.event.issue.title }}"
"""
RELEASE = """\
on: [push, workflow_dispatch]
permissions: write-all
jobs:
  build:
    uses: ./.github/workflows/called.yml
    secrets: {INNER: "${{ secrets.OUTER }}"}
  elsewhere:
    uses: acme/flows/.github/workflows/x.yml@main
    secrets: inherit
  broken: 7
"""
CALLED = """\
on: workflow_call
jobs:
  publish:
    permissions: {packages: write, contents: read}
    steps: [{run: publish, env: {A: "${{ secrets.INNER }}", B: "${{ secrets.HIDDEN }}"}}]
"""


ACTION = """\
name: prepare
inputs:
  what: {default: "canary-in-a-default"}
  token: {required: true}
runs:
  using: composite
  steps:
    - run: echo "${{ inputs.what }}"
      shell: bash
    - uses: acme/other@v1
"""
USING = """\
on: pull_request_target
permissions: {}
jobs:
  test:
    steps:
      - uses: ./.github/actions/prepare
        with: {what: "${{ github.event.pull_request.title }}", token: "${{ secrets.GIVEN }}"}
      - uses: ./.github/actions/missing
      - run: |
          cat > mcp.json <<'EOF'
          {"mcpServers": {"wiki": {"command": "npx", "args": ["-y", "acme-wiki"],
            "env": {"WIKI_TOKEN": "${{ secrets.WIKI }}", "OTHER_TOKEN": "canary-in-a-heredoc"}}}}
          EOF
      - uses: anthropics/claude-code-action@v1
        with: {claude_args: "--mcp-config mcp.json --allowedTools mcp__wiki__search"}
"""


class TestGitHubActions(ImporterContract):
    importer = GITHUB_ACTIONS
    sample: ClassVar[Mapping[str, str]] = {
        ".github/workflows/triage.yml": TRIAGE,
        ".github/workflows/release.yaml": RELEASE,
        ".github/workflows/called.yml": CALLED,
        ".github/workflows/using.yml": USING,
        ".github/actions/prepare/action.yml": ACTION,
    }
    secrets = ("ghp_canaryInTheEnvironment", "canary-in-a-script", "canary-in-a-default", "canary-in-a-heredoc")


def made(tmp_path: Path, **files: str) -> Imported:
    names = {f".github/workflows/{name}.yml": text for name, text in files.items()}
    (found,) = import_files([written(tmp_path, names)])
    return found


def one(tmp_path: Path, job: str, *, on: str = "push", top: str = "") -> Imported:
    """One workflow `w` with one job `j`."""
    return made(tmp_path, w=f"on: {on}\n{top}\njobs:\n  j: {job}\n")


def operations(found: Imported, job: str = "w/j") -> set[str]:
    given: list[dict[str, Any]] = found.sections["identities"][f"job {job}"].get("entitlements", [])
    return {each["operation"].removeprefix("github-token.") for each in given}


def gets(scenario: Scenario, entry: str, goal: str) -> bool:
    rows = reach(scenario, entry_point=entry, trials=1).rows
    return next(row.worst_case for row in rows if (row.kind, row.name) == ("goal", goal))


@pytest.mark.parametrize(
    ("top", "job", "may"),
    [
        ("permissions: {contents: read}", "{}", {"read-contents"}),
        ("permissions: {contents: write}", "{}", {"read-contents", "write-contents"}),
        ("permissions: {}", "{}", set()),
        ("permissions: {contents: write}", "{permissions: {issues: read}}", {"read-issues"}),
        ("permissions: {contents: read}", "{permissions: {}}", set()),
        ("permissions: {contents: none}", "{}", set()),
        ("permissions: {id-token: write}", "{}", set()),
    ],
)
def test_a_block_sets_the_rest_to_none_and_that_of_a_job_stands_in_for_the_workflows(
    tmp_path: Path, top: str, job: str, may: set[str]
) -> None:
    assert operations(one(tmp_path, job, top=top)) == may


def test_without_permissions_the_setting_of_the_repository_is_assumed_aloud(tmp_path: Path) -> None:
    found = one(tmp_path, "{}")
    assert "write-contents" in operations(found)
    assert "jobs without permissions" in {each.about for each in found.assumed}


def test_on_is_a_word_and_no_truth_value(tmp_path: Path) -> None:
    assert "job w/j" in one(tmp_path, "{}", on="{issues: {}}").sections["identities"]


rights = st.fixed_dictionaries({scope: st.sampled_from(LEVELS) for scope in SCOPES})


@given(rights, rights)
def test_a_called_workflow_never_has_more_than_either_side(own: dict[str, str], most: dict[str, str]) -> None:
    both = within(own, most)
    for scope in SCOPES:
        assert LEVELS.index(both[scope]) == min(LEVELS.index(own[scope]), LEVELS.index(most[scope]))


def test_no_id_token_is_read_and_read_all_gives_none() -> None:
    assert all_at("read")["id-token"] == "none"


class TestCalledWorkflows:
    CALLS = "on: push\npermissions: {contents: write}\njobs:\n  a: {uses: ./.github/workflows/inner.yml%s}\n"
    INNER = 'on: workflow_call\njobs:\n  b: {%s steps: [{run: x, env: {K: "${{ secrets.KEY }}"}}]}\n'

    def test_it_has_the_rights_of_the_caller_where_it_says_none(self, tmp_path: Path) -> None:
        found = made(tmp_path, outer=self.CALLS % "", inner=self.INNER % "")
        assert operations(found, "inner/a/b") == {"read-contents", "write-contents"}
        assert list(found.sections["identities"]) == ["job inner/a/b"], "called workflows run only when they are called"

    def test_it_has_no_more_than_the_caller_whatever_it_says(self, tmp_path: Path) -> None:
        found = made(tmp_path, outer=self.CALLS % "", inner=self.INNER % "permissions: write-all,")
        assert operations(found, "inner/a/b") == {"read-contents", "write-contents"}

    def test_two_callers_whose_jobs_have_one_name_are_two(self, tmp_path: Path) -> None:
        """Each with its own rights: neither takes the place of the other."""
        calls = {"one": self.CALLS % "", "two": self.CALLS.replace("contents: write", "packages: write") % ""}
        found = made(tmp_path, inner=self.INNER % "", **calls)
        assert list(found.sections["identities"]) == ["job inner/a/b", "job inner/a/b from two"]
        assert operations(found, "inner/a/b") == {"read-contents", "write-contents"}
        assert operations(found, "inner/a/b from two") == {"read-packages", "write-packages"}
        found.scenario()

    @pytest.mark.parametrize(
        ("handed", "held"),
        [
            ("", []),
            (", secrets: inherit", ["secrets.KEY"]),
            (', secrets: {KEY: "${{ secrets.OTHER }}"}', ["secrets.OTHER"]),
            (', secrets: {UNUSED: "${{ secrets.OTHER }}"}', []),
        ],
    )
    def test_it_sees_the_secrets_that_are_handed_on(self, tmp_path: Path, handed: str, held: list[str]) -> None:
        found = made(tmp_path, outer=self.CALLS % handed, inner=self.INNER % "")
        assert found.sections["identities"]["job inner/a/b"].get("runtime_holds", []) == held


CHECKOUT = "{steps: [{uses: actions/checkout@v4, with: {ref: '${{ %s }}'}}]}"
RUNS = "{steps: [{run: 'echo %s'}]}"


@pytest.mark.parametrize(
    ("on", "job", "entered"),
    [
        ("issues", RUNS % "${{ github.event.issue.title }}", True),
        ("issues", RUNS % "${{ github.event.issue.number }}", False),
        ("push", RUNS % "${{ github.event.issue.title }}", False),
        ("pull_request", RUNS % "${{ github.head_ref }}", False),
        ("[push, issue_comment]", RUNS % "${{ github.event.comment.body }}", True),
        ("pull_request_target", RUNS % "${{ github.head_ref }}", True),
        ("issues", "{steps: [{run: 'echo $T', env: {T: '${{ github.event.issue.title }}'}}]}", False),
        ("issues", "{steps: [{run: 'echo ${{ env.T }}', env: {T: '${{ github.event.issue.title }}'}}]}", True),
        ("issues", "{env: {T: '${{ github.event.issue.title }}'}, steps: [{run: 'echo ${{ env.T }}'}]}", True),
        ("issues", "{env: {T: '${{ github.event.issue.number }}'}, steps: [{run: 'echo ${{ env.T }}'}]}", False),
        ("issues", RUNS % "${{ toJson(github.event) }}", True),
        ("issues", RUNS % "${{ toJSON( github.event.issue ) }}", True),
        ("issues", RUNS % "${{ toJSON(github.event.sender) }}", False),
        (
            "issues",
            "{steps: [{uses: actions/github-script@v7, with: {script: 'x(`${{ github.event.issue.body }}`)'}}]}",
            True,
        ),
        (
            "pull_request_target",
            "{steps: [{uses: actions/checkout@v4, with: {ref: '${{ github.event.pull_request.head.sha }}'}}]}",
            True,
        ),
        ("pull_request_target", "{steps: [{uses: actions/checkout@v4}]}", False),
        (
            "workflow_run",
            "{steps: [{uses: actions/checkout@v4, with: {ref: '${{ github.event.workflow_run.head_sha }}'}}]}",
            True,
        ),
        ("issue_comment", "{steps: [{run: 'gh pr checkout 1'}]}", True),
        ("pull_request_target", CHECKOUT % "github.event.pull_request.merge_commit_sha", True),
        ("workflow_run", CHECKOUT % "github.event.workflow_run.head_commit.id", True),
        ("issue_comment", CHECKOUT % "steps.pr.outputs.sha", True),
        ("workflow_run", CHECKOUT % "needs.find.outputs.ref || github.ref", True),
        ("issues", CHECKOUT % "steps.branch.outputs.name", False),
        ("issue_comment", CHECKOUT % "github.event.repository.default_branch", False),
    ],
)
def test_where_strangers_words_and_code_run(tmp_path: Path, on: str, job: str, entered: bool) -> None:
    found = one(tmp_path, job, on=on, top="permissions: {contents: write}")
    assert ("a stranger runs code in job w/j" in found.sections["entry_points"]) is entered
    if entered:
        assert gets(found.scenario(), "a stranger runs code in job w/j", "code changed")


@pytest.mark.parametrize(
    ("step", "agent", "shell"),
    [
        ("{uses: anthropics/claude-code-action@v1}", True, False),
        (
            "{uses: anthropics/claude-code-action@v1, with: {claude_args: '--allowedTools Bash(gh issue view:*)'}}",
            True,
            False,
        ),
        ("{uses: anthropics/claude-code-action@v1, with: {claude_args: '--allowedTools Bash(pytest:*)'}}", True, True),
        ("{uses: anthropics/claude-code-action@v1, with: {allowed_tools: 'Read,Edit'}}", True, False),
        ("{run: 'claude -p \"triage\" --dangerously-skip-permissions'}", True, True),
        ("{run: 'claude -p triage'}", True, False),
        ("{uses: google-github-actions/run-gemini-cli@v0}", True, True),
        ("{run: 'codex exec fix'}", True, True),
        ("{run: 'echo claude'}", False, False),
        ("{run: 'claude --model opus --append-system-prompt \"a; b\" -p triage'}", True, False),
        (
            "{run: 'npx -y @anthropic-ai/claude-code@2 --print < prompt.md --permission-mode bypassPermissions'}",
            True,
            True,
        ),
        ("{run: 'claude install; ls -p'}", False, False),
        ("{run: 'npm install -g @anthropic-ai/claude-code'}", False, False),
        ("{run: 'copilot -p triage --allow-all-tools'}", True, True),
        ("{run: 'x -- /usr/local/bin/copilot --add-dir \"$D\" --allow-all-tools --prompt-file p.txt'}", True, True),
        ("{run: 'npm install -g @github/copilot'}", False, False),
        ("{run: 'codex --model x exec fix'}", True, True),
        ("{run: 'cat p | opencode run'}", True, True),
        ("{run: 'echo goose shall run'}", False, False),
        ("{run: 'cursor-agent --force --print fix'}", True, True),
        ("{uses: sst/opencode/github@latest}", True, True),
        ("{uses: Factory-AI/droid-action@v1}", True, True),
        ("{uses: warpdotdev/oz-agent-action@v1}", True, True),
        ("{uses: anthropics/claude-code-action@v1}, {run: 'claude -p x --allowedTools Bash'}", True, True),
    ],
)
def test_an_agent_in_a_job_reads_what_strangers_write(tmp_path: Path, step: str, agent: bool, shell: bool) -> None:
    job = f"{{permissions: {{issues: write}}, steps: [{step}, {{run: x, env: {{K: '${{{{ secrets.KEY }}}}'}}}}]}}"
    found = one(tmp_path, job, on="issues")
    assert ("agent in w/j" in found.sections["identities"]) is agent
    if agent:
        assert gets(found.scenario(), "poisoned issue", "what secrets.KEY opens out") is shell


def test_an_agent_that_a_line_of_its_own_starts_is_found(tmp_path: Path) -> None:
    run = "          claude \\\n            --model opus \\\n            --print <prompt.md\n"
    text = f"on: issues\njobs:\n  j:\n    steps:\n      - run: |\n{run}"
    assert made(tmp_path, w=text).sections["identities"]["agent in w/j"]["note"] == "claude on the command line"


@pytest.mark.parametrize("words", ["claude ", "codex -x ", 'claude "a" ', "claude '"])
def test_a_long_line_that_names_an_agent_again_and_again_is_read_at_once(words: str, tmp_path: Path) -> None:
    found = one(tmp_path, f"{{steps: [{{run: {json.dumps(words * 20_000)}}}]}}")
    assert "agent in w/j" not in found.sections["identities"]


def test_what_an_agent_hands_to_the_next_job_is_told(tmp_path: Path) -> None:
    """As agentic workflows do: the job of the agent reads, and the next one writes what the agent asked for."""
    text = """\
on: issues
jobs:
  agent: {steps: [{run: codex exec triage}]}
  outputs: {needs: [agent], steps: [{uses: actions/download-artifact@v4}]}
  says: {needs: agent, steps: [{run: 'echo ${{ needs.agent.outputs.x }}'}]}
  done: {needs: agent, steps: [{run: ls}]}
"""
    what = {each.what for each in made(tmp_path, w=text).untranslated}
    assert what == {f"what the agent in w/agent hands to job w/{name}" for name in ("outputs", "says")}


def test_a_secret_is_named_in_an_expression_and_nowhere_else(tmp_path: Path) -> None:
    run = "node redact_secrets.cjs; cat secrets.json; echo ${{ my_secrets.X || secrets.KEY }}"
    found = one(tmp_path, f"{{steps: [{{run: '{run}'}}]}}")
    assert found.sections["identities"]["job w/j"]["runtime_holds"] == ["secrets.KEY"]


@pytest.mark.parametrize(
    ("given", "step", "entered"),
    [
        ("title: '${{ github.event.issue.title }}'", "run: 'echo ${{ inputs.title }}'", True),
        ("title: '${{ github.event.issue.title }}'", "run: 'echo $T', env: {T: '${{ inputs.title }}'}", False),
        ("title: plain", "run: 'echo ${{ inputs.title }}'", False),
        ("ref: '${{ github.event.issue.number }}'", "run: 'echo ${{ inputs.title }}'", True),
    ],
)
def test_what_a_called_workflow_is_given_is_code_in_its_scripts(
    tmp_path: Path, given: str, step: str, entered: bool
) -> None:
    outer = f"on: issues\njobs: {{a: {{uses: ./.github/workflows/inner.yml, with: {{{given}}}}}}}\n"
    inputs = "inputs: {title: {default: '${{ github.event.comment.body }}'}}"
    inner = f"on: {{workflow_call: {{{inputs}}}}}\njobs: {{b: {{steps: [{{{step}}}]}}}}\n"
    found = made(tmp_path, outer=outer, inner=inner)
    assert ("a stranger runs code in job inner/a/b" in found.sections["entry_points"]) is entered


def test_the_token_of_a_job_ends_with_the_job(tmp_path: Path) -> None:
    assert one(tmp_path / "a", "{timeout-minutes: 5}").scenario().model.credentials["GITHUB_TOKEN of w/j"].ttl == 300.0
    assert one(tmp_path / "b", "{}").scenario().model.credentials["GITHUB_TOKEN of w/j"].ttl == 6 * 3600.0


def test_a_secret_is_held_by_the_jobs_that_name_it_and_opens_its_account(tmp_path: Path) -> None:
    scenario = one(tmp_path, "{steps: [{run: x, env: {K: \"${{ secrets['KEY'] }}\"}}]}").scenario()
    assert scenario.model.identities["job w/j"].runtime_holds == ("secrets.KEY",)
    assert gets(scenario, "secrets.KEY leaks", "what secrets.KEY opens out")
    assert gets(scenario, "job w/j is taken over", "what secrets.KEY opens out")


def test_an_id_token_leads_to_the_roles_that_the_job_names(tmp_path: Path) -> None:
    found = made(tmp_path, triage=TRIAGE)
    edges = [edge.name for edge in found.scenario().model.trust]
    assert edges == ["job triage/answer -federate-> cloud:arn:aws:iam::1:role/deploy"]
    free = one(tmp_path / "b", "{permissions: {id-token: write}}")
    assert [each.what for each in free.untranslated] == ["the id-token of job w/j"]


def test_what_no_workflow_says_is_listed(tmp_path: Path) -> None:
    found = made(tmp_path, triage=TRIAGE, release=RELEASE, called=CALLED)
    what = {each.what for each in found.untranslated}
    assert {
        "the environment production",
        "the runner of job triage/answer",
        "permissions: nonsense",
        "the secrets of elsewhere",
        "jobs.broken",
    } <= what


def test_who_may_write_code_runs_it_in_every_other_job(tmp_path: Path) -> None:
    weak = "{permissions: {%s: write}, steps: [{run: x}]}"
    strong = "{permissions: {}, steps: [{run: x, env: {K: '${{ secrets.KEY }}'}}]}"
    for scope, reached in (("contents", True), ("issues", False)):
        text = f"on: push\njobs:\n  weak: {weak % scope}\n  strong: {strong}\n"
        scenario = made(tmp_path / scope, w=text).scenario()
        assert gets(scenario, "job w/weak is taken over", "what secrets.KEY opens out") is reached


def test_a_job_that_becomes_a_role_delegates_to_it_and_claims_its_environment(tmp_path: Path) -> None:
    """Under scopes cut to tasks an edge is used by tasks that say so: the work of a deployment goes on."""
    text = """\
on: push
permissions: {id-token: write}
jobs:
  ship:
    environment: production
    steps: [{uses: aws-actions/configure-aws-credentials@v4, with: {role-to-assume: ship}}]
"""
    (found,) = import_files([written(tmp_path, {".github/workflows/d.yml": text})])
    task = found.scenario().model.tasks["d/ship"]
    assert task.delegates_to == ("cloud:ship",)
    assert dict(task.claims)["environment"] == "production"


JOB = "on: push\njobs: {a: {steps: [{run: make}]}}\n"


def test_workflows_elsewhere_in_a_folder_are_examples_that_nothing_runs(tmp_path: Path) -> None:
    """As in a repository that shows others how to use its action."""
    folder = written(tmp_path, {".github/workflows/triage.yml": JOB, "examples/triage.yml": JOB})
    (found,) = import_files([folder])
    assert list(found.sections["identities"]) == ["job triage/a"]
    (left,) = found.untranslated
    assert (left.origin.file, left.what) == (str(folder / "examples" / "triage.yml"), "the workflow")
    assert "GitHub runs none" in left.why


def test_two_workflows_of_one_name_are_two(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a/triage.yml": JOB, "b/triage.yml": JOB})
    (found,) = import_files([str(folder / "a" / "triage.yml"), str(folder / "b" / "triage.yml")])
    assert list(found.sections["identities"]) == ["job triage/a", "job triage-2/a"]
    assert found.scenario()


def with_action(tmp_path: Path, step: str, action: str = ACTION, on: str = "issues") -> Imported:
    files = {
        ".github/workflows/w.yml": f"on: {on}\njobs:\n  j:\n    steps:\n      - {step}\n",
        ".github/actions/prepare/action.yml": action,
    }
    (found,) = import_files([written(tmp_path, files)])
    return found


PREPARE = "uses: ./.github/actions/prepare"
TITLE = "${{ github.event.issue.title }}"


@pytest.mark.parametrize(
    ("given", "run", "strangers"),
    [
        (TITLE, "echo ${{ inputs.what }}", True),
        (f"fix {TITLE}", "echo ${{ inputs.what }}", True),
        (TITLE, "echo ${{ format('{0}', inputs.what) }}", True),
        ("${{ github.sha }}", "echo ${{ inputs.what }}", False),
        (TITLE, "echo ${{ inputs.other }}", False),
        (TITLE, "echo $WHAT", False),
    ],
)  # fmt: skip
def test_what_a_composite_action_is_given_is_code_in_its_scripts(
    tmp_path: Path, given: str, run: str, strangers: bool
) -> None:
    action = ACTION.replace('echo "${{ inputs.what }}"', run)
    found = with_action(tmp_path, f'{{{PREPARE}, with: {{what: "{given}"}}}}', action)
    assert ("a stranger runs code in job w/j" in found.sections["entry_points"]) is strangers


def test_the_steps_of_a_composite_action_are_those_of_the_job(tmp_path: Path) -> None:
    found = with_action(tmp_path, f"{{{PREPARE}, with: {{token: '${{{{ secrets.GIVEN }}}}'}}}}")
    job = found.sections["identities"]["job w/j"]
    assert job["runtime_holds"] == ["secrets.GIVEN"]
    assert "acme/other@v1" in job["note"]


def test_an_action_that_no_file_describes_is_told_and_one_that_uses_itself_ends(tmp_path: Path) -> None:
    missing = with_action(tmp_path / "a", "uses: ./tools/missing")
    assert ("./tools/missing", 5) in {(each.what, each.origin.line) for each in missing.untranslated}
    again = with_action(tmp_path / "b", PREPARE, ACTION + f"    - {PREPARE}\n" * 2)
    assert any(each.what == "more steps" for each in again.untranslated)


def test_servers_of_an_agent_that_a_script_writes_to_a_file_are_found(tmp_path: Path) -> None:
    """A page of the wiki steers the agent, which may search there; who has the server has its secret."""
    found = made(tmp_path, using=USING)
    where = "wiki in using/test"
    server = found.sections["identities"][f"server {where}"]
    assert server["runtime_holds"] == ["secrets.WIKI"]
    assert server["note"] == "starts acme-wiki"
    agent = found.sections["tasks"]["agent in using/test"]
    assert f"behind {where}" in agent["reads"]
    assert f"mcp:{where}.use" in agent["needs"]
    assert gets(found.scenario(), f"server {where} is taken over", "what secrets.WIKI opens out")


@pytest.mark.parametrize("tools", ["Bash(gh issue view:*)", "mcp__wikipedia__x"])
def test_nobody_is_there_to_be_asked_about_tools_that_are_not_allowed(tmp_path: Path, tools: str) -> None:
    found = made(tmp_path, using=USING.replace("mcp__wiki__search", f"'{tools}'"))
    assert not [each for each in found.sections["tasks"]["agent in using/test"].get("needs", ()) if "wiki" in each]


def test_each_right_of_a_token_knows_its_line(tmp_path: Path) -> None:
    top = "permissions:\n  contents: read\n  issues: write"
    (found,) = import_files([written(tmp_path, {".github/workflows/w.yml": f"on: push\n{top}\njobs:\n  j: {{}}\n"})])
    lines = {name[2]: place.line for name, place in found.origins.items() if len(name) == 3}
    assert lines["github-token.read-contents"] == 3
    assert lines["github-token.write-issues"] == 4
    assert "w.yml:4:" in found.text()


@pytest.mark.parametrize(
    ("on", "step", "expected"),
    [
        ("{push: {branches: [main]}}", "", {"event_name": "push", "ref": "refs/heads/main", "ref_type": "branch"}),
        ("{push: {tags: v1}}", "", {"event_name": "push", "ref": "refs/tags/v1", "ref_type": "tag"}),
        ("{push: {branches: [main, next]}}", "", {"event_name": "push"}),
        ("{push: {branches: ['release/*']}}", "", {"event_name": "push"}),
        ("{push: {branches: [main], tags: [v1]}}", "", {"event_name": "push"}),
        ("push", "", {"event_name": "push"}),
        ("[push, pull_request]", "", {}),
        ("issues", "aws-actions/configure-aws-credentials@v4",
         {"event_name": "issues", "aud": "sts.amazonaws.com"}),
    ],
)  # fmt: skip
def test_a_job_claims_what_is_the_same_in_all_of_its_runs(
    tmp_path: Path, on: str, step: str, expected: dict[str, str]
) -> None:
    uses = step or "google-github-actions/auth@v2"
    steps = f'[{{uses: {uses}, with: {{role-to-assume: "arn:aws:iam::1:role/x"}}}}]'
    found = one(tmp_path, f"{{environment: live, steps: {steps}}}", on=on, top="permissions: {id-token: write}")
    claims = found.sections["tasks"]["w/j"]["claims"]
    assert claims == {"environment": "live", "runner_environment": "github-hosted"} | expected
