"""A queue of whole numbers, the least first: a heap with four children a node, which lie in one cache line.

An event is one number, its moment above its step, so that comparing two events is comparing two words, and the order
(moment, step) is that of the numbers. Half as deep as a binary heap, it moves half as much.
"""

# mypy: allow-untyped-defs

from __future__ import annotations

from simkit.engines.compiled import part


@part
def push(heap, size, event):
    """Adds `event` to the first `size` places of `heap`."""
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 2
        if heap[parent] <= event:
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = event


@part
def pop(heap, size, moved):
    """Takes the first event off the `size` in `heap`, and returns it. One event moves up into each of the first levels:
    `moved` gets their places."""
    first, last = heap[0], heap[size - 1]
    size -= 1
    hole, level = 0, 0
    moved[:] = 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[least]:
                least = other
        if heap[least] >= last:
            break
        heap[hole] = heap[least]
        if level < len(moved):
            moved[level] = hole
            level += 1
        hole = least
    heap[hole] = last
    return first
