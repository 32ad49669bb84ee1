"""Prefect around `kiemtin.pipeline`: schedule, retries, nothing else. One-shot commands do not need it."""

import os

# Before Prefect is first imported: it sends nothing about us anywhere.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
# Its temporary server needs longer than its own 20 seconds on a small, busy machine.
os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "120")
