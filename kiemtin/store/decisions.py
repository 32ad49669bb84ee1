"""The append-only log of what people (and, where it reopens, the system) decided. Lines are added, read and verified; never changed."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from kiemtin.domain.reviews import Decision
from kiemtin.store.tables import decision_texts, decisions

SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Line:
    """A decision with its words; None where they have been erased."""

    decision: Decision
    text: str | None


def last(conn: sa.Connection) -> Decision | None:
    """The last line."""
    row = conn.execute(sa.select(decisions).order_by(decisions.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else _decision(row)


def append(conn: sa.Connection, decision: Decision, salt: str, text: str) -> None:
    """Add a sealed line. The caller holds the writing transaction (`Records.change`), so that no two lines follow the same one."""
    conn.execute(sa.insert(decisions).values(_row(decision)))
    conn.execute(sa.insert(decision_texts).values(seq=decision.seq, salt=salt, text=text))


def new_salt() -> str:
    return secrets.token_hex(16)


def load_log(conn: sa.Connection) -> Iterator[Decision]:
    query = sa.select(decisions).order_by(decisions.c.seq).execution_options(yield_per=1000)
    yield from (_decision(row) for row in conn.execute(query))


def lines_of(conn: sa.Connection, subject: str) -> list[Line]:
    """The history of one alert, account or setting; the newest first."""
    query = (
        sa.select(decisions, decision_texts.c.text)
        .join(decision_texts, decision_texts.c.seq == decisions.c.seq, isouter=True)
        .where(decisions.c.subject == subject)
        .order_by(decisions.c.seq.desc())
    )
    return [Line(_decision(row), row.text) for row in conn.execute(query)]


def latest(conn: sa.Connection, limit: int) -> list[Line]:
    query = (
        sa.select(decisions, decision_texts.c.text)
        .join(decision_texts, decision_texts.c.seq == decisions.c.seq, isouter=True)
        .order_by(decisions.c.seq.desc())
        .limit(limit)
    )
    return [Line(_decision(row), row.text) for row in conn.execute(query)]


def texts(conn: sa.Connection) -> Iterator[tuple[int, str, str, str]]:
    """(seq, salt, text, digest in the log) of every line whose words are kept."""
    query = sa.select(decision_texts, decisions.c.text_digest).join(decisions, decisions.c.seq == decision_texts.c.seq).order_by(decisions.c.seq)
    yield from ((row.seq, row.salt, row.text, row.text_digest) for row in conn.execute(query.execution_options(yield_per=1000)))


def erase_text(conn: sa.Connection, seq: int) -> None:
    """Forget the words of one line; the caller then calls `erase_traces`."""
    conn.execute(sa.delete(decision_texts).where(decision_texts.c.seq == seq))


def _row(decision: Decision) -> dict[str, object]:
    return {
        "seq": decision.seq,
        "subject": decision.subject,
        "action": decision.action,
        "before": decision.before,
        "after": decision.after,
        "by": decision.by,
        "decided_at": decision.at,
        "text_digest": decision.text_digest,
        "previous": decision.previous,
        "digest": decision.digest,
    }


def _decision(row: sa.Row[tuple[object, ...]]) -> Decision:
    return Decision(
        row.seq, row.subject, row.action, row.before, row.after, row.by, row.decided_at, row.text_digest, row.previous, row.digest
    )  # fmt: skip
