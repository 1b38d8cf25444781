"""Keys that are erased for good, and events in the log that say nothing any longer."""

from pathlib import Path

from alembic import op

revision = "chassis_0005"
down_revision = "chassis_0004"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0005_erasure.sql").read_text())
