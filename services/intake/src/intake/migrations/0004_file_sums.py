"""What each accepted file holds, for reconciliation."""

from alembic import op

revision = "intake_0004"
down_revision = "intake_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- The amounts of all its lines, as its last line says.
        alter table imports add column amount_ore bigint not null default 0;
        -- Of the lines that were new in it.
        create table import_sums (
            import text not null,
            kind text not null,
            dated_on date not null,
            kommunenummer text not null,
            account text not null,
            as_of date not null,
            lines bigint not null,
            amount_ore bigint not null,
            primary key (import, kind, dated_on)
        );
        """
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
