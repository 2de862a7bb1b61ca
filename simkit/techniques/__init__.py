"""The rules of attack: each family of techniques turns sessions into steps. The only bridge from model to graph."""

from simkit.techniques.compile import TECHNIQUES, attack_graph
from simkit.techniques.world import World

__all__ = ["TECHNIQUES", "World", "attack_graph"]
