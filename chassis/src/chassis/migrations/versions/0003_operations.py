"""What operators do about dead letters and refused events, and what became of it."""

from pathlib import Path

from alembic import op

revision = "chassis_0003"
down_revision = "chassis_0002"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0003_operations.sql").read_text())
