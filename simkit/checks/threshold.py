"""What a finding must be to fail a check."""

from __future__ import annotations

from dataclasses import dataclass, replace

from simkit.checks.findings import SEVERITIES, Finding, Severity
from simkit.checks.suppressions import Suppressions
from simkit.errors import QuestionError, nearest


@dataclass(frozen=True, slots=True)
class Threshold:
    """Findings fail that are as severe as `fail_on` or more, that `suppressions` do not accept, and with `new_only`
    those alone that are not as old as what they are compared with."""

    fail_on: Severity = "low"
    new_only: bool = False
    suppressions: Suppressions | None = None

    def judged(self, finding: Finding) -> Finding:
        """`finding` with what accepts it."""
        return replace(finding, suppressed=self.suppressions.of(finding.fingerprint) if self.suppressions else None)

    def is_failed_by(self, finding: Finding) -> bool:
        """True if `finding` fails the check."""
        return not self.why_not(finding)

    def why_not(self, finding: Finding) -> str:
        """Why `finding` fails nothing; empty if it fails the check."""
        if finding.suppressed is not None:
            return f"accepted until {finding.suppressed.until} ({finding.suppressed.reason})"
        if finding.known and self.new_only:
            return "as it was before"
        return "" if finding.is_at_least(self.fail_on) else f"less than {self.fail_on}"


EVERYTHING = Threshold()
"""Every finding fails."""


def checked_severity(given: str) -> Severity:
    """`given` as a severity. Raises QuestionError for one that there is not."""
    for each in SEVERITIES:
        if each == given:
            return each
    raise QuestionError(f"there is no severity {given!r}: {nearest(given, SEVERITIES)}")
