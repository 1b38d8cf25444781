"""Where sent events stand on Kafka, and which sequences were heard: what reconciliation rests on."""

from pathlib import Path

from alembic import op

revision = "chassis_0006"
down_revision = "chassis_0005"


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0006_reconcile.sql").read_text())
