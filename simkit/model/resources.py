"""What is worth reaching."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simkit.model.threats import Detection

RESOURCE_KINDS = (
    "data-store",
    "repository",
    "secret-store",
    "mailbox",
    "runtime",
    "external-site",
    "queue",
    "backup",
    "memory",
    "context",
    "other",
)
IMPACTS = ("confidentiality", "integrity", "availability")
EXPOSURES = ("private", "public-read", "public-write", "public")


@dataclass(frozen=True, slots=True)
class Resource:
    """A thing that can be lost.

    `value` maps an impact to what losing it costs, in the scenario's own unit. `holds` names credentials that lie in
    it, `recoverable_from` its backups, `contains` its children (what is done to a resource is done to its children).
    `exposure`: `public-read` is a sink for exfiltration, `public-write` takes untrusted content, `public` is both.
    `environment` is empty where it belongs to none, or to that of what contains it. `shows_itself` is how whoever looks
    on notices that it was changed, whatever the policy logs.

    `records` is how many there are in it, for operations that have a throughput; None: it is read as one.

    `undo` is for how long (s) a change of it or its deletion can be undone, and `restore` how long (s) that takes,
    where the operation does not say so; None: never, at once.

    It is code that the identities in `run_by` execute (a function's package, a workflow file, a hook): what is written
    there runs in them at the next run of their tasks; without tasks, once a day.

    A `memory` is read by every run of an agent that may read it. A `context` (a conversation, a prompt) exists only
    inside the runs of tasks that name it.
    """

    name: str
    kind: str = "data-store"
    value: Mapping[str, float] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    recoverable_from: tuple[str, ...] = ()
    exposure: str = "private"
    contains: tuple[str, ...] = ()
    environment: str = ""
    shows_itself: Detection | None = None
    run_by: tuple[str, ...] = ()
    records: float | None = None
    undo: float | None = None
    restore: float | None = None
    note: str = ""

    @property
    def is_sink(self) -> bool:
        """True if outsiders can read it."""
        return self.exposure in ("public-read", "public")
