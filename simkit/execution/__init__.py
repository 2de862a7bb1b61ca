"""Blocks of samples and of worst cases, spread over threads, processes or machines."""

from simkit.execution.blocks import Block, bare, replayed, worst_in_blocks
from simkit.execution.executors import ExecutorLike, Shared, spread

__all__ = ["Block", "ExecutorLike", "Shared", "bare", "replayed", "spread", "worst_in_blocks"]
