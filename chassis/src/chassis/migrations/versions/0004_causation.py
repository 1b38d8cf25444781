"""What the walk from a cause to its effects asks for: the events and calls of one key, and why a call was made."""

from pathlib import Path

from alembic import op

revision = "chassis_0004"
down_revision = "chassis_0003"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0004_causation.sql").read_text())
