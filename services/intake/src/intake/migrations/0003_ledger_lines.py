"""Where each line of the ledger came from: which file, and where in it."""

from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        -- `digest`: the SHA-256 of the file. `command`: the correlation of what followed. Unknown of files of before.
        alter table imports add column digest text not null default '', add column end_line integer not null default 0,
            add column command text not null default '', add column accepted_at timestamptz;
        create index imports_by_command on imports (command);
        create table ledger_lines (
            line_id text primary key,
            kommunenummer text not null,
            import text not null,
            line_number integer not null
        );
        """
    )


def downgrade() -> None:
    raise RuntimeError("en base med saker går ikke bakover: gjenopprett fra sikkerhetskopi")
