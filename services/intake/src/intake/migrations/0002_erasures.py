"""Who is erased, and which services are yet to answer."""

from alembic import op

revision = "intake_0002"
down_revision = "intake_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table erasures (
            person text primary key,
            kommunenummer text not null,
            asked_on date not null,
            asked_by text not null,
            lacking jsonb not null,
            completed_on date
        );
        """
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
