"""One self-contained HTML page about a scenario: what is lost, what would save it, and what to narrow first."""

from simkit.report.report import Report, report_on

__all__ = ["Report", "report_on"]
