"""The thresholds that people have activated for their municipality, with who and when. `numbers`: all of a version."""

from alembic import op

revision = "notifications_0007"
down_revision = "notifications_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table threshold_versions (
            kommunenummer text not null,
            number integer not null,
            version text not null,
            active_from date not null,
            numbers jsonb not null,
            changed jsonb not null,
            activated_by text not null,
            activated_at timestamptz not null,
            primary key (kommunenummer, number)
        );
        """
    )


def downgrade() -> None:
    op.execute("drop table threshold_versions")
