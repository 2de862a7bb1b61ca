"""Asks malsim, in a process of its own: it writes logs where it is imported, and prints.

    python ask_malsim.py simulate ASSETS SAMPLES MODE ATTACKER
    python ask_malsim.py load ASSETS

prints JSON: for `simulate` the attack graph, when each step was taken and the seconds that the samples took (without
building anything); for `load` the seconds to load the model's file as YAML and as JSON, and to make its graph.
malsim is imported where it is used: importing it writes a folder of logs.
"""

from __future__ import annotations

import json
import logging
import random
import sys
import time
from pathlib import Path
from typing import Any

START = "agent-0:act"


def estate(language: Any, assets: int) -> Any:
    """A random model: four tenths identities, four tenths stores, two tenths credentials."""
    from maltoolbox.model import Model

    rng, tenth = random.Random(assets), assets // 10
    model = Model("estate", language)
    identities = [model.add_asset("Identity", f"agent-{i}") for i in range(4 * tenth)]
    stores = [model.add_asset("Store", f"store-{i}") for i in range(4 * tenth)]
    keys = [model.add_asset("Credential", f"key-{i}") for i in range(2 * tenth)]
    for identity in identities:
        identity.add_associated_assets("stores", set(rng.sample(stores, 4)))
        identity.add_associated_assets("trusted", set(rng.sample(identities, 2)))
    for store in stores:
        store.add_associated_assets("keys", set(rng.sample(keys, 1)))
    for key in keys:
        key.add_associated_assets("identities", set(rng.sample(identities, 2)))
        key.add_associated_assets("opened", set(rng.sample(stores, 2)))
    return model


def samples(graph: Any, count: int, mode: str, attacker: str) -> tuple[list[dict[int, int]], float]:
    """When each step was taken (the round of the simulator) in each of `count` samples, and the seconds they took.

    The attacker `everything` takes all that it can in each round, which is the fastest way to use malsim; `breadth` is
    malsim's own, who takes one step a round.
    """
    from malsim import AttackerSettings, MalSimulator, MalSimulatorSettings
    from malsim.config.sim_settings import TTCMode
    from malsim.policies.attackers.searchers import BreadthFirstAttacker

    settings = MalSimulatorSettings(ttc_mode=TTCMode[mode], seed=1)
    simulator = MalSimulator(graph, [AttackerSettings("attacker", frozenset({START}))], sim_settings=settings)
    found = []
    begun = time.perf_counter()
    for _ in range(count):
        state = simulator.reset()["attacker"]
        searcher = BreadthFirstAttacker({})
        while not simulator.done():
            chosen = list(state.action_surface) if attacker == "everything" else [searcher.get_next_action(state)]
            state = simulator.step({"attacker": chosen})["attacker"]
        found.append({node.id: when for when, nodes in state.performed_nodes_order.items() for node in nodes})
    return found, time.perf_counter() - begun


def simulate(language: Any, assets: int, count: int, mode: str, attacker: str) -> dict[str, Any]:
    """The graph, the samples and their seconds."""
    from maltoolbox.attackgraph import AttackGraph

    graph = AttackGraph(language, estate(language, assets))
    found, taken = samples(graph, count, mode, attacker)
    nodes = graph.nodes.values()
    return {
        "start": next(node.id for node in nodes if node.full_name == START),
        "kinds": {node.id: node.type for node in nodes},
        "ttc": {node.id: (node.ttc or {}).get("name", "Instant") for node in nodes},
        "edges": [(node.id, child.id) for node in nodes for child in node.children],
        "samples": found if mode == "EXPECTED_VALUE" else [],
        "seconds": taken,
    }


def load(language: Any, assets: int) -> dict[str, float]:
    """The seconds that it takes to load a model of `assets` from each kind of file, and to make its graph."""
    from maltoolbox.attackgraph import AttackGraph
    from maltoolbox.model import Model

    model = estate(language, assets)
    taken: dict[str, float] = {}
    for suffix in ("yml", "json"):
        model.save_to_file(f"model.{suffix}")
        begun = time.perf_counter()
        loaded = Model.load_from_file(f"model.{suffix}", language)
        taken[suffix] = time.perf_counter() - begun
    begun = time.perf_counter()
    AttackGraph(language, loaded)
    taken["graph"] = time.perf_counter() - begun
    return taken


def main() -> None:
    """Answers the question on the command line."""
    from maltoolbox.language import LanguageGraph

    for name in ("malsim", "maltoolbox"):
        logging.getLogger(name).setLevel(logging.ERROR)
    language = LanguageGraph.from_mal_spec(str(Path(__file__).with_name("agents.mal")))
    question, assets, *more = sys.argv[1:]
    if question == "load":
        answer: dict[str, Any] = load(language, int(assets))
    else:
        answer = simulate(language, int(assets), int(more[0]), more[1], more[2])
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
