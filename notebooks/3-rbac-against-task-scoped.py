# %% [markdown]
# # 3 · RBAC against task-scoped grants
#
# Two public benchmarks of tool-using agents hold what this question needs: real tasks, the tools that each needs, and
# attacks or real runs. [AgentDojo](https://arxiv.org/abs/2406.13352) plants 27 injection tasks in what 97 user tasks
# read; [tau-bench](https://arxiv.org/abs/2406.12045) gives 200 runs of a model on 50 airline tasks. Neither benchmark
# chose our grants, so nothing here is tuned to come out well.

# %%
import simkit



def percent(share, places=1):
    return f"{100 * share:.{places}f} %"


SUITES = ("workspace", "travel", "banking", "slack")
suites = {suite: simkit.load(f"../scenarios/agentdojo/{suite}.yaml") for suite in SUITES}

# %% [markdown]
# ## AgentDojo: which attacks does each design leave possible?
#
# An attack is a pair: what a user task reads is poisoned with an injection task. The agent obeys; only its grants stop
# it. The worst case of the attack graph says whether the injection task can succeed.

# %%
DESIGNS = {
    "rbac": "every tool of the suite",
    "task-scoped-reads": "the task's tools and every tool that only reads",
    "task-scoped": "the task's tools",
    "task-arguments": "the task's tools, arguments bound",
    "no-write-after-untrusted-read": "the task's tools, no change after an untrusted read",
}
matrices = {
    policy: {suite: simkit.worst_case_pairs(world, policy) for suite, world in suites.items()} for policy in DESIGNS
}
total = sum(matrix.total for matrix in matrices["rbac"].values())
possible = {policy: sum(len(matrix.reached) for matrix in found.values()) for policy, found in matrices.items()}
simkit.Table(
    ("policy", "grants", *SUITES, "all", "share"),
    [
        (
            policy,
            grants,
            *(len(matrices[policy][suite].reached) for suite in SUITES),
            possible[policy],
            percent(possible[policy] / total),
        )
        for policy, grants in DESIGNS.items()
    ],
    title=f"attacks that remain possible, of {total}",
)

# %% [markdown]
# The published number: the paper reports (section 4.3, the tool filter) that the tools of the user's own task suffice
# for the attack in **17 %** of the test cases. Ours is derived from the published ground truths alone:

# %%
PUBLISHED = 0.17
ours = possible["task-scoped"] / total
simkit.Table(
    ("attacks that the task's own tools suffice for", "share"),
    [("published", percent(PUBLISHED, 0)), ("here", percent(ours))],
)

# %%
import matplotlib.pyplot as plt

figure, axes = plt.subplots(figsize=(7.2, 3.2), layout="constrained")
axes.barh(list(DESIGNS), [possible[policy] / total for policy in DESIGNS], color="#0072B2", height=0.6)
axes.axvline(PUBLISHED, color="#D55E00", linestyle="--", label="published for the task's own tools (17 %)")
axes.invert_yaxis()
axes.set_title("AgentDojo: what each design leaves possible", loc="left", fontweight="bold")
axes.xaxis.set_major_formatter(lambda share, _: percent(share, 0))
axes.set_xlabel("share of the attacks that remain possible")
axes.spines[["top", "right"]].set_visible(False)
axes.legend(frameon=False);

# %% [markdown]
# Some attacks need no tool at all: the harm is in what the agent then tells its user. No grant stops those.

# %%
simkit.Table(
    ("suite", "attacks that need no tool", "of all"),
    [(suite, matrix.without_entitlement, matrix.total) for suite, matrix in matrices["task-scoped"].items()],
)

# %% [markdown]
# ## tau-bench: which real runs would have been stopped?
#
# The other side. A run is *stopped* if it called an operation that its task's session does not hold, although it did
# its job. The attacker here is the customer, which is our assumption: tau-bench has none.

# %%
airline = simkit.load("../scenarios/taubench-airline/airline.yaml")
done = sum(run.success for run in airline.observed)
print(f"{done} of {len(airline.observed)} runs did their job: {percent(done / len(airline.observed))}")

# %%
rows = []
for policy in ("rbac", "task-scoped-reads", "task-scoped"):
    result = simkit.simulate(airline, policy, entry_point=next(iter(airline.entry_points)), trials=1)
    pairs = simkit.worst_case_pairs(airline, policy)
    stopped = result.utility.stopped
    rows.append((policy, stopped, percent(1 - stopped / done), len(pairs.reached), percent(pairs.share)))
simkit.Table(
    ("policy", f"good runs stopped, of {done}", "covered", "attacks possible", "of all"),
    rows,
    note="Counted by hand in the same records: 0, 4 and 60 good runs lack an operation under the three policies.",
)

# %% [markdown]
# Exactly the tools of the ground truth stop most good runs: agents look things up on other ways, think, and hand over
# to a person. Letting every operation through that changes nothing covers nearly all of them, and the attacker gains no
# further change from it.
#
# ## Change something
#
# - Between one role and task scopes lie few roles: `simkit.mine_roles(world.model, agent, k)` makes k of them.
# - Give every task one more need and count again: what does it cost, what does it buy?

# %%
bank = suites["banking"]
(agent,) = bank.identities
simkit.Table(
    ("roles", "operations granted to tasks that do not need them"),
    [(k, simkit.mine_roles(bank.model, agent, k).over_grant) for k in (1, 2, 4, 8, 16)],
    title="banking",
)
