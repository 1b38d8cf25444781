"""Alembic's entry: run the migrations through psycopg, then set row-level security on every table."""

from pathlib import Path

from alembic import context
from sqlalchemy import NullPool, create_engine, text

config = context.config
engine = create_engine(config.attributes["url"], poolclass=NullPool)  # the lock ends with its connection
with engine.connect() as connection:
    connection.execute(text("select pg_advisory_lock(7215)"))  # two processes of a service may start at once
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
    security = (Path(__file__).parent / "row_level_security.sql").read_text()
    connection.execute(text(security.replace("{pages_role}", config.attributes["pages_role"])))
    connection.commit()
