"""The event log of one sample of a replay: who was allowed to do what, when, and what was done."""

from simkit.record.explanation import Explanation, explain
from simkit.record.header import START, Header
from simkit.record.reader import read_record
from simkit.record.record import Record, recorded, state_after
from simkit.record.views import Views

__all__ = ["START", "Explanation", "Header", "Record", "Views", "explain", "read_record", "recorded", "state_after"]
