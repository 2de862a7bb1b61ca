"""The reach engine on an NVIDIA GPU: a thread for each step and word of 64 slots, in rounds until nothing changes.

A round passes on what every step concludes from facts that changed in the round before. What holds only grows, so the
least fixpoint that the rounds end in is the same in whatever order the threads run; fates are drawn by the function
that the other kernels draw them with. The answers are those of `simkit.engines.reach`, bit for bit.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import cuda

from simkit.attackgraph.graph import AttackGraph
from simkit.engines.draws import ALL, CERTAINLY, NONE, success_word
from simkit.engines.fixpoint import SLOTS, uncertain_rows
from simkit.engines.instructions import WORDS
from simkit.engines.links import Index, Ints, Links, Words, kept_with, links_of
from simkit.engines.reach import Held, chosen_facts, entry_slots, placed, unpack_slots
from simkit.engines.slots import pack
from simkit.errors import InputError
from simkit.fate import Stream
from simkit.package import pip_install

MEMORY = 1 << 30
"""Bytes on the device for what holds and for the successes: more slots than fit are swept one lot after another."""
_SUCCESS = np.uint64(Stream.SUCCESS)
Device: Any = Any
"""An array on the device."""


class DeviceLinks(NamedTuple):
    """The links of a graph, on the device."""

    premise_ptr: Device
    premise_idx: Device
    out_ptr: Device
    out_idx: Device


class DeviceSuccesses(NamedTuple):
    """Each step's row of `works` (rows, words), on the device; row 0 is for steps that always work."""

    row: Device
    works: Device


class Roots(NamedTuple):
    """First steps: root i starts in the slots `bits` (roots, WORDS) of the words from `first_word` on."""

    step: Ints
    first_word: Ints
    bits: Words


def worst_cases(
    graph: AttackGraph,
    starts: Sequence[Sequence[int]],
    *,
    without: Sequence[Sequence[int]] | None = None,
    facts: Sequence[int] | None = None,
    threads: int | None = None,
) -> Held:
    """As `simkit.engines.reach.worst_cases`; `threads` has no meaning here. Raises InputError without a GPU."""
    on_device, links, chosen = _on_device(graph), links_of(graph), chosen_facts(graph, facts)
    gone = sorted({step for steps in without or () for step in placed(links, steps)})
    row = np.zeros(len(links.key), dtype=np.int32)
    row[gone] = np.arange(1, len(gone) + 1)
    held = np.zeros((len(starts), len(chosen)), dtype=np.bool_)
    for slots in _lots(len(starts), links.facts + len(gone)):
        works = np.full((len(gone) + 1, _words(slots)), ALL, dtype=np.uint64)
        if without is not None:
            _take_away(links, row, [without[slot] for slot in slots], works)
        roots = _roots(slots, [pack([placed(links, starts[slot]) for slot in block]) for block in _blocks(slots)])
        successes = DeviceSuccesses(cuda.to_device(row), cuda.to_device(works))
        unpack_slots(_reached(links, on_device, successes, roots), chosen, held[slots.start : slots.stop])
    return held


def reach(
    graph: AttackGraph,
    entry: str,
    *,
    seed: int,
    trials: int,
    facts: Sequence[int] | None = None,
    threads: int | None = None,
) -> Held:
    """As `simkit.engines.reach.reach`; `threads` has no meaning here. Raises InputError without a GPU."""
    on_device, links, start, chosen = _on_device(graph), links_of(graph), graph.entry(entry), chosen_facts(graph, facts)
    row, rows = uncertain_rows(links)
    held = np.zeros((trials, len(chosen)), dtype=np.bool_)
    for slots in _lots(trials, links.facts + rows):
        successes = DeviceSuccesses(cuda.to_device(row), _drawn(links, row, seed, slots))
        roots = _roots(slots, [entry_slots(links, start, seed, block) for block in _blocks(slots)])
        unpack_slots(_reached(links, on_device, successes, roots), chosen, held[slots.start : slots.stop])
    return held


def _on_device(graph: AttackGraph) -> DeviceLinks:
    """The links of `graph`, carried to the device at the first question. Raises InputError without a GPU."""
    if not cuda.is_available():
        why = " ".join(str(cuda.cuda_error() or "no NVVM").split()).partition(".")[0]
        raise InputError(
            f"engine 'cuda' finds no GPU that it can use ({why}): {pip_install('gpu')} where an NVIDIA driver is, "
            "or choose engine 'cpu'"
        )
    links = links_of(graph)
    arrays = (links.premise_ptr, links.premise_idx, links.out_ptr, links.out_idx)
    return kept_with(graph, "cuda", lambda: DeviceLinks(*(cuda.to_device(array) for array in arrays)))


def _take_away(links: Links, row: Index, without: Sequence[Sequence[int]], works: Words) -> None:
    """Slot by slot, the steps `without` do not work."""
    for block in _blocks(range(len(without))):
        steps, bits = pack([placed(links, without[slot]) for slot in block])
        here = works[:, block.start // 64 :][:, :WORDS]
        here[row[steps]] &= ~bits[:, : here.shape[1]]


def _words(slots: range) -> int:
    return -(-len(slots) // 64)


def _lots(slots: int, rows: int) -> Iterator[range]:
    """`slots` slots in parts whose `rows` of words fit into `MEMORY`, each of whole blocks but the last."""
    size = SLOTS * max(1, MEMORY // (8 * WORDS * (rows + 1)))
    return (range(begin, min(begin + size, slots)) for begin in range(0, slots, size))


def _blocks(slots: range) -> list[range]:
    """`slots` in parts of as many as are packed at once."""
    return [slots[begin : begin + SLOTS] for begin in range(0, len(slots), SLOTS)]


def _roots(slots: range, packed: Sequence[tuple[Ints, Words]]) -> Roots:
    """The first steps of each block of `slots` together."""
    counts = [len(steps) for steps, _ in packed]
    return Roots(
        np.concatenate([steps for steps, _ in packed]),
        np.repeat(np.arange(len(packed)) * WORDS, counts),
        np.concatenate([bits for _, bits in packed]),
    )


def _drawn(links: Links, row: Index, seed: int, slots: range) -> Device:
    """The fates of the steps that have a row, drawn on the device."""
    uncertain = np.flatnonzero(row)
    key = np.concatenate([[np.uint64(0)], links.key[uncertain]])
    limit = np.concatenate([[CERTAINLY], links.success[uncertain]])
    works = cuda.device_array((len(key), _words(slots)), dtype=np.uint64)
    draw.forall(works.size)(cuda.to_device(key), cuda.to_device(limit), np.uint64(seed), slots.start, works)
    return works


def _reached(links: Links, on_device: DeviceLinks, successes: DeviceSuccesses, roots: Roots) -> Words:
    """(facts, words) The slots in which each fact holds in the end."""
    words = successes.works.shape[1]
    held = cuda.to_device(np.zeros((links.facts, words), dtype=np.uint64))
    changed = cuda.to_device(np.full(links.facts + 1, -1, dtype=np.int32))
    turn = 0
    if len(roots.step):
        first = (cuda.to_device(array) for array in roots)
        enter.forall(roots.bits.size)(*first, on_device.out_ptr, on_device.out_idx, *successes, held, changed)
    while changed[links.facts :].copy_to_host()[0] == turn:
        turn += 1
        pass_on.forall(len(links.key) * words)(*on_device, *successes, held, changed, turn)
    found: Words = held.copy_to_host()
    return found


# A kernel gives each thread one word of one row; w, the word, changes fastest, so that neighbours read neighbours.


@cuda.jit
def draw(key, limit, seed, first_sample, works):
    """Which of the samples from `first_sample` on draw a word under the `limit` of each row, into `works`."""
    place = cuda.grid(1)
    row, w = place // works.shape[1], place % works.shape[1]
    if row < works.shape[0]:
        works[row, w] = success_word(seed, first_sample + 64 * w, _SUCCESS, key[row], limit[row])


@cuda.jit(device=True)
def _conclude(out_ptr, out_idx, step, w, slots, held, changed, turn):
    """What `step` concludes holds in `slots`; where that is new, `changed` (facts + 1) says so, and its last place."""
    for place in range(out_ptr[step], out_ptr[step + 1]):
        fact = out_idx[place]
        if slots & ~held[fact, w] != NONE and slots & ~cuda.atomic.or_(held, (fact, w), slots) != NONE:
            changed[fact] = turn
            changed[len(changed) - 1] = turn


@cuda.jit
def enter(steps, first_word, bits, out_ptr, out_idx, row, works, held, changed):
    """The first steps conclude in their slots."""
    place = cuda.grid(1)
    root, w = place // bits.shape[1], place % bits.shape[1]
    if root < len(steps) and first_word[root] + w < held.shape[1]:
        step, word = steps[root], first_word[root] + w
        _conclude(out_ptr, out_idx, step, word, bits[root, w] & works[row[step], word], held, changed, 0)


@cuda.jit
def pass_on(premise_ptr, premise_idx, out_ptr, out_idx, row, works, held, changed, turn):
    """One round: each step with a premise that changed in the last one concludes in the slots that hold all of them."""
    place = cuda.grid(1)
    step, w = place // held.shape[1], place % held.shape[1]
    if step < len(row):
        slots, news = works[row[step], w], False
        for i in range(premise_ptr[step], premise_ptr[step + 1]):
            slots &= held[premise_idx[i], w]
            news |= changed[premise_idx[i]] >= turn - 1
        if news:
            _conclude(out_ptr, out_idx, step, w, slots, held, changed, turn)
