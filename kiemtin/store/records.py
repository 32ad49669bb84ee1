"""Opening Records: the engine, its pragmas, its migrations, and the lock that keeps two writers apart."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kiemtin.errors import BusyError, DataDirError

DATABASE_NAME = "records.sqlite3"
LOCK_NAME = "writer.lock"
SCHEMA_HEAD = "0004"
_BUSY_TIMEOUT_MS = 30_000
_AT_ONCE = "kiemtin_at_once"
_CONNECTIONS = 48  # more than the desk has threads


class Records:
    """The truth. `begin()` gives one transaction; the functions of `kiemtin.store.*` take its connection."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._changing = engine.execution_options(**{_AT_ONCE: True})
        self._turn = RLock()

    def begin(self) -> AbstractContextManager[sa.Connection]:
        """One transaction: all of it is confirmed at the end, or none. Raises DataDirError on a full or read-only disk."""
        return self._begin(self.engine)

    def change(self) -> AbstractContextManager[sa.Connection]:
        """The same, for what is read, judged and written back: nobody else writes between the reading and the writing."""
        return self._change()

    @contextmanager
    def _change(self) -> Iterator[sa.Connection]:
        # SQLite lets those who wait sleep and try again, so that one of fifty may never get in: threads of one process take turns instead.
        with self._turn, self._begin(self._changing) as conn:
            yield conn

    @contextmanager
    def _begin(self, engine: sa.Engine) -> Iterator[sa.Connection]:
        try:
            with engine.begin() as conn:
                yield conn
        except (sa.exc.DatabaseError, sa.exc.TimeoutError) as error:  # the latter: every connection is in use
            raise DataDirError(f"Records: {_plain(error)}") from error

    def close(self) -> None:
        self.engine.dispose()


def open_records(data_dir: Path) -> Records:
    """Open (and create or migrate) the SQLite Records under `data_dir`; raises DataDirError in one line."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirError(f"{data_dir}: {error.strerror}") from error
    if not os.access(data_dir, os.W_OK | os.X_OK):
        raise DataDirError(f"{data_dir}: not writable")
    engine = sa.create_engine(f"sqlite:///{data_dir / DATABASE_NAME}", pool_size=_CONNECTIONS, max_overflow=0)
    sa.event.listen(engine, "connect", _set_pragmas)
    sa.event.listen(engine, "begin", _take_write_lock)
    try:
        _migrate(engine)
    except (sa.exc.DatabaseError, sqlite3.DatabaseError) as error:
        engine.dispose()
        raise DataDirError(f"{data_dir / DATABASE_NAME}: {_plain(error)}") from error
    return Records(engine)


def _plain(error: BaseException) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]


def _set_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    # secure_delete: what is deleted (a tip after 72 hours, a body after 90 days) must leave no bytes in free pages.
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _take_write_lock(conn: sa.Connection) -> None:
    # SQLite refuses a transaction that has read and then wants to write after somebody else did; one that starts as a writer waits instead.
    if conn.get_execution_options().get(_AT_ONCE) and conn.dialect.name == "sqlite":
        conn.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(engine: sa.Engine) -> None:
    with engine.connect() as conn:
        known = sa.inspect(conn).has_table("alembic_version")
        if known and conn.scalar(sa.text("SELECT version_num FROM alembic_version")) == SCHEMA_HEAD:
            return
    # Imported late: most commands find the schema up to date, and alembic costs 0.3 s.
    from alembic import command
    from alembic.config import Config as AlembicConfig
    from alembic.util import CommandError

    config = AlembicConfig()
    config.set_main_option("script_location", "kiemtin.store:migrations")
    config.attributes["engine"] = engine
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DataDirError(f"{engine.url.database}: made by another version of kiemtin ({error})") from error


def upsert(conn: sa.Connection, table: sa.Table, rows: list[dict[str, Any]], keep: frozenset[str] = frozenset()) -> None:
    """Insert rows, or bring the ones with the same primary key up to date, except the columns in `keep`."""
    if not rows:
        return
    dialect: Any = postgresql if conn.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    keys = [column.name for column in table.primary_key]
    changed = {name: statement.excluded[name] for name in rows[0] if name not in keys and name not in keep}
    if changed:
        conn.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)
    else:
        conn.execute(statement.on_conflict_do_nothing(index_elements=keys), rows)


def erase_traces(records: Records) -> None:
    """After deletions: fold SQLite's write-ahead log into the file, so that no deleted text survives in it."""
    if records.engine.dialect.name == "sqlite":
        with records.engine.connect() as conn:
            conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def writer_lock(data_dir: Path) -> Iterator[int]:
    """Hold the data directory for one long-running writer; yields the lock's descriptor for a child to share.

    The kernel lets go of it when the last holder dies, so a killed command leaves no stale lock. Raises BusyError.
    """
    path = data_dir / LOCK_NAME
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    except OSError as error:
        raise DataDirError(f"{path}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise BusyError(f"{data_dir}: another kiemtin command is writing here; wait for it to end") from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)
