"""Kiểm Tin: from published news to a queue of evidence-backed alerts that people decide on."""

__version__ = "0.1.0"
