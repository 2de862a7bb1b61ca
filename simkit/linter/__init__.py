"""The linter: what in a sound scenario is probably a slip, and would make an answer flatter a defence.

`simkit.lint(scenario)` asks the questions of `CHECKS`, one row each; `# simkit: ignore[code] why` in the file answers.
"""

from simkit.linter.checks_table import CHECKS
from simkit.linter.lint_report import LintReport, LintWarning
from simkit.linter.linter import lint

__all__ = ["CHECKS", "LintReport", "LintWarning", "lint"]
