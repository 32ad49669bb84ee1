"""Alembic's entry point; the engine is handed over by `kiemtin.store.records`."""

from alembic import context

from kiemtin.store.tables import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    if connection.dialect.name == "sqlite":
        # Python's driver opens no transaction for CREATE TABLE: a full disk would leave half a schema, two first commands would collide.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
