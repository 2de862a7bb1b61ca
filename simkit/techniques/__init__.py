"""The rules of attack: each family of techniques turns sessions into steps. The only bridge from model to graph."""

from simkit.techniques.compile import TECHNIQUES, CompiledWorld, attack_graph, graphs_of_samples, rules
from simkit.techniques.grounds import GROUNDS
from simkit.techniques.rule import EVENT_CLASSES, Rule, Technique
from simkit.techniques.world import World

__all__ = [
    "EVENT_CLASSES",
    "GROUNDS",
    "TECHNIQUES",
    "CompiledWorld",
    "Rule",
    "Technique",
    "World",
    "attack_graph",
    "graphs_of_samples",
    "rules",
]
