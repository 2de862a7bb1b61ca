"""What simkit writes for other programs to read: SARIF, JUnit XML, a comment in Markdown, JSON with a schema."""

from simkit.artifacts.comment import comment
from simkit.artifacts.json_report import JSON_VERSION, json_report, json_schema
from simkit.artifacts.junit import junit
from simkit.artifacts.sarif import sarif

__all__ = ["JSON_VERSION", "comment", "json_report", "json_schema", "junit", "sarif"]
