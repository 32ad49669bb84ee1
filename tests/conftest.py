"""For all tests: what was not run is counted and said."""

import json
from collections import Counter

import pytest

from tests.support.not_run import RECORD


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput"):
        return
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter is not None else []
    reasons = Counter(report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr) for report in skipped)
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(reasons, ensure_ascii=False), "utf-8")
