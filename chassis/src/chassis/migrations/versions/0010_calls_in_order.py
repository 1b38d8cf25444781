"""By which open calls are taken in their order."""

from pathlib import Path

from alembic import op

revision = "chassis_0010"
down_revision = "chassis_0009"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0010_calls_in_order.sql").read_text())
