"""How the ARNs of one kind of thing are written, where the thing itself, or a part of its name, is not known."""

from __future__ import annotations

from dataclasses import dataclass

from simkit.importers.aws.target_list import instance_of
from simkit.rights.match import ANY, ONE

REGION = "us-east-1"
"""The region of a thing whose region no file tells, unless a statement names another."""


@dataclass(frozen=True, slots=True)
class ArnForm:
    """`arn:aws:SERVICE:REGION:ACCOUNT:LAST`, with the name of the thing in `last`; without one, `*` stands for all.

    `regional` and `owned`: there are a region and an account in it (a bucket's has neither).
    """

    service: str
    last: str = ""
    regional: bool = True
    owned: bool = True

    def arn(self, account: str, *, region: str = REGION, name: str = "", partition: str = "aws") -> str:
        """The ARN of the thing called `name`, or of one that somebody makes.

        >>> ArnForm("lambda", "function:{}").arn("1", name="a")
        'arn:aws:lambda:us-east-1:1:function:a'
        """
        if not self.last:
            return "*"
        place = region if self.regional else ""
        owner = account if self.owned else ""
        return f"arn:{partition}:{self.service}:{place}:{owner}:{self.last.format(name or 'made')}"

    def fitting(self, pattern: str, account: str, name: str = "") -> str:
        """An ARN of this form that `pattern` (compiled) may stand for; empty where there is none."""
        parts = pattern.split(":", 5)
        if not self.last or len(parts) < 6 or parts[2] != self.service:
            return ""
        region = REGION if ANY in parts[3] or ONE in parts[3] or not parts[3] else parts[3]
        last = instance_of(parts[5])
        head = self.last.partition("{}")[0]
        if not name and not last.startswith(head):
            return ""
        partition = instance_of(parts[1]) if parts[1].startswith("aws") else "aws"
        made = name or last.removeprefix(head)
        return self.arn(account, region=region, name=made, partition=partition)
