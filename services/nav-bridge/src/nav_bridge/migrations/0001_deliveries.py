"""The projection of deliveries."""

from alembic import op

revision = "nav_bridge_0001"
down_revision = None
branch_labels = ("nav_bridge",)
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table deliveries (
            referral_id text not null,
            revision integer not null,
            application text not null,
            kommunenummer text not null,
            legal_basis text not null,
            requested_on date not null,
            status text not null,
            code text,
            attempts integer not null,
            proof_hash text,
            sent_at timestamptz,
            received_at timestamptz,
            outcome text,
            unreachable_since timestamptz,
            primary key (referral_id, revision)
        );
        create index deliveries_by_application on deliveries (application);
        create index deliveries_by_municipality on deliveries (kommunenummer, requested_on desc);
        """
    )


def downgrade() -> None:
    op.execute("drop table deliveries")
