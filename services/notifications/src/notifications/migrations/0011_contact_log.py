"""What was done about an alert and what was promised, for its card; open pages hear of changes of the staff."""

from alembic import op

revision = "notifications_0011"
down_revision = "notifications_0010"
branch_labels = None
depends_on = None

EVENTS = {"inserted": ("insert", "new"), "updated": ("update", "new"), "deleted": ("delete", "old")}


def upgrade() -> None:
    op.execute(
        """
        -- `contact_log`: in order, each with `at`, `by`, `code` and `text`.
        alter table alerts
            add column contact_log jsonb not null default '[]',
            add column promised_on date,
            add column promised_ore bigint,
            add column came_back text;
        """
    )
    for name, (event, rows) in EVENTS.items():
        op.execute(
            f"create trigger told_{name} after {event} on staff referencing {rows} table as changed "
            "for each statement execute function tell_board_of_notes()"
        )


def downgrade() -> None:
    op.execute(
        """
        drop trigger told_inserted on staff;
        drop trigger told_updated on staff;
        drop trigger told_deleted on staff;
        alter table alerts drop column contact_log, drop column promised_on, drop column promised_ore,
            drop column came_back;
        """
    )
