"""An estate has the size that was asked for and the published shapes, measured from what comes out."""

from __future__ import annotations

import math
import os
import subprocess
import sys

import pytest

from simkit.entitlements import Resolver
from simkit.errors import QuestionError
from simkit.estate import SHAPES, generate
from simkit.model import Identity
from simkit.privilege import over_privilege
from simkit.scenario import Scenario, dump, loads
from simkit.simulation import compile_attack, simulate

LARGE = generate(60_000, seed=3)
MACHINES = [identity for identity in LARGE.model.identities.values() if identity.kind != "human"]
RESOLVER = Resolver(LARGE.model)


def granted(identity: Identity) -> set[tuple[str, str]]:
    return set(RESOLVER.identity(identity.name))


def needed(identity: Identity) -> set[tuple[str, str]]:
    tasks = [task for task in LARGE.model.tasks.values() if task.identity == identity.name]
    return {grant for task in tasks for grant in RESOLVER.needs(task.needs)}


@pytest.mark.parametrize(
    ("size", "most"),
    [(100, 0.25), (122, 0.25), (123, 0.25), (150, 0.25), (300, 0.25), (1000, 0.05), (4321, 0.05), (20_000, 0.05)],
)
@pytest.mark.parametrize("seed", [0, 7])
def test_the_graph_under_rbac_has_about_the_size_that_was_asked_for(size: int, most: float, seed: int) -> None:
    steps = len(compile_attack(generate(size, seed), "rbac").graph.steps)
    assert abs(steps - size) <= most * size


def test_there_is_a_human_for_every_144_machines() -> None:
    humans = len(LARGE.model.identities) - len(MACHINES)
    assert humans == math.ceil(len(MACHINES) / SHAPES["machines_a_human"].value)


def test_97_in_100_machines_have_more_than_their_tasks_need_and_nobody_less() -> None:
    over = [identity for identity in MACHINES if granted(identity) > needed(identity)]
    assert all(granted(identity) >= needed(identity) for identity in MACHINES)
    assert len(over) / len(MACHINES) == pytest.approx(SHAPES["over_privileged"].value, abs=0.01)


def test_privilege_measures_what_was_published() -> None:
    """From the outside: by `simkit privilege` 97 in 100 machines are granted more than a declared task needs (those
    that do nothing included), and active ones need 1 to 5 % of what they are granted, all together."""
    rows = {str(row[0]): row for row in over_privilege(LARGE).table().rows if "-human-" not in str(row[0])}
    granted, needed = ({name: int(row[column] or 0) for name, row in rows.items()} for column in (1, 2))
    assert len(granted) == len(MACHINES)
    over = [name for name in granted if granted[name] > needed[name]]
    assert len(over) / len(granted) == pytest.approx(SHAPES["over_privileged"].value, abs=0.01)
    active = [name for name in over if needed[name]]
    share = sum(needed[name] for name in active) / sum(granted[name] for name in active)
    assert SHAPES["least_used"].value < share < SHAPES["most_used"].value


def test_active_machines_use_one_to_five_percent_of_what_they_are_granted() -> None:
    shares = [len(needed(each)) / len(granted(each)) for each in MACHINES if each.roles and needed(each)]
    assert len(shares) > 50
    assert all(SHAPES["least_used"].value <= share <= SHAPES["most_used"].value for share in shares)


def test_most_services_and_workloads_do_nothing_and_agents_always_do_something() -> None:
    idle = {identity.name for identity in MACHINES if not needed(identity)}
    quiet = [identity for identity in MACHINES if identity.kind in ("service", "workload")]
    share = sum(identity.name in idle for identity in quiet) / len(quiet)
    assert share == pytest.approx(SHAPES["inactive"].value, abs=0.04)
    assert not idle & {identity.name for identity in MACHINES if identity.kind == "agent"}


def test_administrators_reach_many_teams_and_are_few() -> None:
    admins = [identity for identity in MACHINES if len(identity.roles) > 4]
    assert len(admins) / len(MACHINES) == pytest.approx(SHAPES["administrators"].value, abs=0.02)


def test_most_credentials_of_machines_are_never_rotated() -> None:
    keys = [each for each in LARGE.model.credentials.values() if each.kind != "session"]
    assert len(keys) == len(MACHINES)
    never = sum(key.effective_ttl == math.inf for key in keys)
    assert never / len(keys) == pytest.approx(SHAPES["not_rotated"].value, abs=0.02)
    static = sum(key.kind == "API key" for key in keys)
    assert static / len(keys) == pytest.approx(SHAPES["static_keys"].value, abs=0.02)
    oauth = sum(key.kind == "OAuth" for key in keys)
    assert oauth / len(keys) == pytest.approx(SHAPES["oauth"].value, abs=0.02)


def test_no_task_is_broken_and_every_number_has_a_source_or_is_an_assumption() -> None:
    attack = compile_attack(generate(3000, 5), "rbac")
    assert attack.utility.broken == ()
    assert len(LARGE.sources) == len(SHAPES)
    assert all(source.url.startswith("https://") for source in LARGE.sources)
    assert len(LARGE.assumptions) >= 10


@pytest.fixture(scope="module")
def estate() -> Scenario:
    return generate(2000, seed=1)


def test_it_loads_back_from_its_own_file(estate: Scenario) -> None:
    loaded = loads(dump(estate))
    assert loaded.digest == estate.digest
    assert loaded.sources == estate.sources


@pytest.mark.parametrize("policy", ["static-secrets", "rbac", "jit", "task-scoped"])
def test_it_can_be_attacked_under_each_policy_that_it_compares(estate: Scenario, policy: str) -> None:
    result = simulate(estate, policy, entry_point="leaked-token", trials=50)
    assert result.trials == 50
    assert result.value_lost().estimate >= 0


def test_the_crown_jewel_is_in_reach_under_rbac_from_both_entry_points(estate: Scenario) -> None:
    found = compile_attack(estate, "rbac").worst_cases(estate.entry_points)
    assert all(case.goals == ("crown-jewel-leaked",) for case in found.values())


def test_another_seed_gives_another_estate() -> None:
    assert generate(500, 1).digest != generate(500, 2).digest


def test_the_same_seed_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    code = "from simkit.estate import generate; from simkit.scenario import dump; print(dump(generate(800, 4)))"
    texts = set()
    for hash_seed in ("0", "1"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment, check=True)
        texts.add(run.stdout)
    assert len(texts) == 1
    assert loads(texts.pop().decode()).digest == generate(800, 4).digest


@pytest.mark.parametrize("size", [99, 1_000_001, 1000.0, True, "many"])
def test_a_size_out_of_bounds_is_refused(size: object) -> None:
    with pytest.raises(QuestionError, match="not a whole number of steps from 100 to 1,000,000"):
        generate(size)  # type: ignore[arg-type]


def test_a_bad_seed_is_refused() -> None:
    with pytest.raises(QuestionError, match="seed -1"):
        generate(100, seed=-1)
