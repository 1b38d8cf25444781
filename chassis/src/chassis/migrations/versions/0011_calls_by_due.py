"""By which open calls are taken in the order in which they are due."""

from pathlib import Path

from alembic import op

revision = "chassis_0011"
down_revision = "chassis_0010"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0011_calls_by_due.sql").read_text())
