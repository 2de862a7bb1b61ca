# %% [markdown]
# # 5 · What to narrow
#
# Not a new design but the few changes that matter: which entitlement, credential or trust edge should be narrower, what
# does it buy, what does it cost, and does every task still work?

# %%
from pathlib import Path
from tempfile import mkdtemp

import simkit
from simkit import notebook, plots

scenario = simkit.load("../scenarios/incidents/salesloft-drift.yaml")
ENTRY_POINT = "drift-aws"
GOAL = "customer-warehouse-exported"

# %% [markdown]
# ## Recommendations
#
# Candidates come from the model itself. They are screened by the worst case, confirmed by replay on the same samples,
# and ranked by gain per cost. Nothing that breaks a task is recommended. What nobody's work leans on costs nothing.

# %%
with notebook.progress("recommending"):
    found = simkit.recommend(scenario, entry_points=ENTRY_POINT, trials=200, seed=1, budget=3)
print(found.summary)
found.table()

# %% [markdown]
# ## Several changes together
#
# Each next change is the best after those before it. Further down is less lost, further right costs more. Hollow marks
# are beaten: something else loses less for no more.

# %%
plots.pareto(found);

# %% [markdown]
# ## The cheapest set that cuts one goal off
#
# An exact answer, with its proof: no cheaper set of changes puts the goal out of reach while every task still works.

# %%
plan = simkit.cut_off(scenario, goal=GOAL, entry_points=ENTRY_POINT, trials=200, seed=1)
print(plan.summary)
plan.table()

# %%
plan.effect_table()

# %% [markdown]
# ## Apply it, and replay again
#
# A narrowing is an edit of the scenario: the same attack walks the same line again.

# %%
before = simkit.simulate(scenario, entry_point=ENTRY_POINT, trials=1000, seed=1)
after = simkit.simulate(plan.narrowed, entry_point=ENTRY_POINT, trials=1000, seed=1)
simkit.Table(
    ("", "before", "after"),
    [
        ("value lost, mean", before.value_lost().estimate, after.value_lost().estimate),
        (f"chance of {GOAL}", before.chance(GOAL).estimate, after.chance(GOAL).estimate),
        (
            "in the worst case",
            "yes" if GOAL in before.worst_case.goals else "no",
            "yes" if GOAL in after.worst_case.goals else "no",
        ),
        ("tasks broken", len(before.utility.broken), len(after.utility.broken)),
    ],
)

# %% [markdown]
# ## Take it with you
#
# What changes in the file, as a diff that somebody can review, and the narrowed scenario as a file.

# %%
print(plan.diff())

# %%
file = Path(mkdtemp()) / "narrowed.yaml"
file.write_text(simkit.dump(plan.narrowed))
print(file.name, "holds the same scenario:", simkit.load(file).digest == plan.narrowed.digest)

# %% [markdown]
# ## Change something
#
# - Cut off another goal: `list(scenario.goals)`. Some cannot be cut without breaking a task, and the plan says why.
# - Give a whole policy instead of single changes: which of its dials buys what?

# %%
ablation = simkit.ablate(scenario, ENTRY_POINT, "rbac", "task-scoped", trials=200, seed=1)
plots.waterfall(ablation);
