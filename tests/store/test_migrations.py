"""The migrations lead to exactly the tables in `kiemtin.store.tables`, from nothing and back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kiemtin.store.records import SCHEMA_HEAD, open_records
from kiemtin.store.tables import metadata


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    made = sa.create_engine(f"sqlite:///{tmp_path / 'migrated.sqlite3'}")
    yield made
    made.dispose()


@pytest.fixture
def migrations(engine: sa.Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", "kiemtin.store:migrations")
    config.attributes["engine"] = engine
    return config


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def differences(engine: sa.Engine) -> list[object]:
    with engine.connect() as conn:
        found: list[object] = list(compare_metadata(MigrationContext.configure(conn, opts={"compare_type": True}), metadata))
    return found + sorted(defaults_in_tables() ^ defaults_in_database(engine))


# Alembic takes an empty server default for none: they are compared here.
def defaults_in_tables() -> set[tuple[str, str, str]]:
    every = [(name, column.name, column.server_default) for name, table in metadata.tables.items() for column in table.columns]
    return {(table, column, f"'{default.arg}'") for table, column, default in every if isinstance(default, sa.DefaultClause)}


def defaults_in_database(engine: sa.Engine) -> set[tuple[str, str, str]]:
    look = sa.inspect(engine)
    every = [(name, column["name"], column["default"]) for name in tables(engine) for column in look.get_columns(name)]
    return {(table, column, default) for table, column, default in every if default is not None}


def test_the_head_equals_the_tables(engine: sa.Engine, migrations: Config) -> None:
    command.upgrade(migrations, "head")
    assert tables(engine) == set(metadata.tables)
    assert differences(engine) == []


def test_a_difference_would_be_seen(engine: sa.Engine, migrations: Config) -> None:
    command.upgrade(migrations, "head")
    with engine.begin() as conn:
        conn.exec_driver_sql("ALTER TABLE tips ADD COLUMN sender TEXT")
    assert differences(engine)


def test_the_head_that_opening_looks_for_is_the_last_migration(migrations: Config) -> None:
    script = ScriptDirectory.from_config(migrations)
    assert script.get_heads() == [SCHEMA_HEAD]
    assert len(list(script.walk_revisions())) == len({revision.revision for revision in script.walk_revisions()})


def test_down_again_nothing_is_left_and_up_again_everything_is_back(engine: sa.Engine, migrations: Config) -> None:
    command.upgrade(migrations, "head")
    command.downgrade(migrations, "base")
    assert tables(engine) == set()
    command.upgrade(migrations, "head")
    assert differences(engine) == []


def test_opening_an_empty_directory_migrates_it_and_opening_again_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        records = open_records(tmp_path / "data")
        assert tables(records.engine) == set(metadata.tables)
        assert differences(records.engine) == []
        with records.begin() as conn:
            assert conn.scalar(sa.text("SELECT version_num FROM alembic_version")) == SCHEMA_HEAD
        records.close()


def test_a_database_from_before_the_first_migration_is_brought_up(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "records.sqlite3").write_bytes(b"")
    records = open_records(tmp_path / "data")
    assert tables(records.engine) == set(metadata.tables)
    records.close()
