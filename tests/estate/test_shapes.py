"""Decks deal exact shares."""

from __future__ import annotations

import random

from simkit.estate.shapes import Deck


def test_every_card_comes_as_often_as_it_is_in_the_deck() -> None:
    deck = Deck.of(random.Random(1), {"a": 3, "b": 1})
    dealt = [deck.deal() for _ in range(40)]
    assert dealt.count("a") == 30
    assert all(dealt[start : start + 4].count("b") == 1 for start in range(0, 40, 4))


def test_a_yes_or_no_deck_is_as_small_as_its_share_allows() -> None:
    assert len(Deck.yes_or_no(random.Random(1), 0.8).cards) == 5
    assert len(Deck.yes_or_no(random.Random(1), 0.97).cards) == 100
    deck = Deck.yes_or_no(random.Random(1), 0.055)
    assert sum(deck.deal() for _ in range(200)) == 11
