"""Who must approve what, and where nobody does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quorum:
    """`n` people are asked, and `k` of them must agree."""

    k: int = 1
    n: int = 1


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """How operations are approved, wherever a policy or a condition asks for it.

    `covers` names them, or globs; empty: all. `of` is how many people are asked and must agree. `blind`: they see
    something else than what is done, and approve whatever. What a role in `exempt` gives needs nobody; nor does
    anything in the tasks and environments of `off_in`.
    """

    name: str
    covers: tuple[str, ...] = ()
    of: Quorum = Quorum()
    blind: bool = False
    exempt: tuple[str, ...] = ()
    off_in: tuple[str, ...] = ()
