"""Stage 6 of 8. In: a connection. Out: the same connection, its tables brought up to date.

What Alembic runs: `reportedly.record.connections` hands it the connection, within its transaction.
"""

from __future__ import annotations

from alembic import context

from reportedly.record.sql import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
