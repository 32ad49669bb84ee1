"""Writing the decision log: each line is sealed to the one before it, inside the transaction of what it tells of."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

import sqlalchemy as sa

from alerts.chain import START, first_break, seal, text_digest
from alerts.corrections import mark_under_review
from kiemtin.domain.alerts import Alert
from kiemtin.domain.reviews import Decision
from kiemtin.store import corrections as correction_store
from kiemtin.store import decisions as decision_store


def note(conn: sa.Connection, subject: str, action: str, by: str, now: datetime, before: str = "", after: str = "", text: str = "") -> Decision:
    """Add a line. `conn` is a writing transaction (`Records.change`). Whoever waited for it may come with an earlier time: none runs backwards."""
    last, salt = decision_store.last(conn), decision_store.new_salt()
    seq, previous, at = (last.seq + 1, last.digest, max(now, last.at)) if last else (1, START, now)
    line = seal(Decision(seq, subject, action, before, after, by, at, text_digest(salt, text), previous, ""))
    decision_store.append(conn, line, salt, text)
    return line


def note_reopened(conn: sa.Connection, alert: Alert, before: str, now: datetime, why: str = "reopen") -> None:
    """Evidence has changed under what people decided, or its day has come: the log says so, and so does the public page."""
    note(conn, alert.id, why, decision_store.SYSTEM, now, before, alert.status.value)
    correction = correction_store.of_claim(conn, alert.claim_id)
    if correction is not None and correction.state == "published":
        correction_store.save(conn, mark_under_review(correction, under_review=True))


def broken_among(lines: Sequence[Decision]) -> int | None:
    """The same for a run of lines, in order, whose predecessors are not looked at."""
    unsealed = next((line.seq for line in lines if seal(line).digest != line.digest), None)
    apart = next((after.seq for before, after in pairwise(lines) if (after.seq, after.previous) != (before.seq + 1, before.digest)), None)
    return min(filter(None, (unsealed, apart)), default=None)


def broken_at(conn: sa.Connection) -> int | None:
    """The number of the first line that does not fit the chain, or whose kept words are not the ones that were sealed; None if all is well."""
    line = first_break(decision_store.load_log(conn))
    words = next((seq for seq, salt, text, digest in decision_store.texts(conn) if text_digest(salt, text) != digest), None)
    return min(filter(None, (line, words)), default=None)
