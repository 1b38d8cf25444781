"""Where sent events stand on Kafka, and which sequences were heard: what reconciliation rests on."""

from pathlib import Path

from alembic import op

revision = "chassis_0006"
down_revision = "chassis_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute((Path(__file__).parent / "0006_reconcile.sql").read_text())


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
