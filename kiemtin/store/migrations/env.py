"""Alembic's entry point; the engine is handed over by `kiemtin.store.records`."""

from alembic import context

from kiemtin.store.tables import metadata

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
