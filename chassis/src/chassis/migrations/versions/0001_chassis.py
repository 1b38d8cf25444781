"""The tables that the chassis keeps in every service's database."""

from pathlib import Path

from alembic import op

revision = "chassis_0001"
down_revision = None
branch_labels = ("chassis",)


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0001_chassis.sql").read_text())
