"""The architects' study: one grant design against another over many scenarios, and where it does not help."""

from simkit.studies.studies import VERDICTS, Study, study
from simkit.studies.study_row import StudyRow

__all__ = ["VERDICTS", "Study", "StudyRow", "study"]
