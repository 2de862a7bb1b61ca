"""The colours of all pictures: what they mean, told apart with any kind of colour vision."""

from __future__ import annotations

from simkit.techniques import grounds

BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
PURPLE = "#CC79A7"
ORANGE = "#E69F00"
SKY = "#56B4E9"
INK = "#1A1A1A"
GREY = "#6B6B6B"
PALE = "#E8E8E8"
COLOURS = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, INK, GREY)
"""Okabe and Ito's palette (2008), told apart with any kind of colour vision; its yellow is too faint on white."""

FILLS = {"credential": "#FBEBC8", "identity": "#D3E8F6", "tool": "#ECECEC", "resource": "#D5EFE6"}
"""What the boxes of each kind are filled with."""
WARM = "#F4C6A5"
"""The fill of a box that an attack reached."""
RELATIONS = {
    "authenticates": "#B98A00",
    "signs for": "#B98A00",
    "entitled to": "#8FB8D6",
    "acts on": "#A9A9A9",
    "holds": VERMILLION,
    "may become": PURPLE,
    "runs as": PURPLE,
    "runs code in, becomes": INK,
    "contains": GREEN,
    "has as backup": GREEN,
}
"""The colour of the lines of each relation."""
_NAMED = {
    "blue": BLUE,
    "vermillion": VERMILLION,
    "green": GREEN,
    "purple": PURPLE,
    "orange": ORANGE,
    "sky": SKY,
    "ink": INK,
}
GROUNDS = {name: _NAMED[kind.colour] for name, kind in grounds.GROUNDS.items() if kind.colour}
"""The colour of an attack step by what it uses; what is not listed is grey."""
GROUNDS_MEAN = {name: grounds.GROUNDS[name].means for name in GROUNDS}
"""What a step uses, in words."""
