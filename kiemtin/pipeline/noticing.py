"""Putting the notices that are due into their queue; `kiemtin.delivery.worker` sends them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.notices import notices_due
from kiemtin.domain.stories import HANOI
from kiemtin.pipeline.workspace import Workspace
from kiemtin.store import accounts as account_store
from kiemtin.store import notices as notice_store

_NEW_FOR = timedelta(hours=24)  # what nobody has opened for a day is no longer news


def queue_notices(workspace: Workspace, now: datetime) -> int:
    """Returns how many were added. None are made where no mail server is configured."""
    if not workspace.config.mail_host:
        return 0
    with workspace.records.change() as conn:
        return notice_store.add(conn, notices_due(account_store.load_all(conn), *_known(conn, now), now), now)


def _known(conn: sa.Connection, now: datetime) -> tuple[list[str], Mapping[str, frozenset[str]], dict[str, int]]:
    midnight = now.astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    return notice_store.new_alerts(conn, now - _NEW_FOR), notice_store.told(conn), notice_store.made_since(conn, midnight)
