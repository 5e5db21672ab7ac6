"""Runs examined afterwards: the doctor over a whole record, as findings and as files."""

from zerosum.diagnosis.diagnosis import Diagnosis, diagnose
from zerosum.diagnosis.files import as_json, tables, write

__all__ = ["Diagnosis", "as_json", "diagnose", "tables", "write"]
