"""A heap of whole numbers, the least first, with four children a node: half as deep as a binary heap, it moves half as
much."""

# mypy: allow-untyped-defs

from __future__ import annotations

from simkit.engines.compiled import part


@part
def push(heap, size, event):
    """Adds `event` to the first `size` places of `heap`."""
    # A hole moves up, not the event: one write a level instead of two.
    hole = size
    while hole > 0:
        parent = (hole - 1) >> 2
        if heap[parent] <= event:
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = event


@part
def pop(heap, size):
    """Takes the first event off the `size` in `heap`, and returns it."""
    first, last = heap[0], heap[size - 1]
    size -= 1
    hole = 0
    while True:
        child = 4 * hole + 1
        if child >= size:
            break
        # All four children lie in one cache line, so that to compare them costs one fetch.
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if heap[other] < heap[least]:
                least = other
        if heap[least] >= last:
            break
        heap[hole] = heap[least]
        hole = least
    heap[hole] = last
    return first
