"""What open pages show is told to whoever listens as it is committed: the municipality, and the tenancy if it is one.

Told on channel `board`: «3427 <tenancy>» when what is shown of a tenancy's alerts may have changed, «3427» when the
notes above them may have.
"""

from alembic import op

revision = "notifications_0003"
down_revision = "notifications_0002"
branch_labels = None
depends_on = "chassis_0001"

EVENTS = {"inserted": ("insert", "new"), "updated": ("update", "new"), "deleted": ("delete", "old")}


def upgrade() -> None:
    op.execute(
        """
        create function tell_board_of_alerts() returns trigger language plpgsql as $$ begin
            perform pg_notify('board', kommunenummer || ' ' || tenancy) from changed group by kommunenummer, tenancy;
            return null;
        end $$;

        create function tell_board_of_parked() returns trigger language plpgsql as $$ begin
            perform pg_notify('board', kommunenummer || ' ' || key) from changed;
            perform pg_notify('board', kommunenummer) from changed group by kommunenummer;
            return null;
        end $$;

        create function tell_board_of_notes() returns trigger language plpgsql as $$ begin
            perform pg_notify('board', kommunenummer) from changed group by kommunenummer;
            return null;
        end $$;

        -- A close moves the date of every tenancy of its account; what cards and notes show of it seldom changes.
        create function tell_board_of_tenancies() returns trigger language plpgsql as $$ begin
            perform pg_notify('board', n.kommunenummer || ' ' || n.tenancy) from changed n join before o using (tenancy)
            where (n.tenants, n.reserved, n.frozen_at) is distinct from (o.tenants, o.reserved, o.frozen_at)
            and exists (select from alerts a where a.tenancy = n.tenancy and a.resolution is null);
            perform pg_notify('board', n.kommunenummer) from changed n join before o using (tenancy)
            where n.frozen_at is distinct from o.frozen_at group by n.kommunenummer;
            return null;
        end $$;

        create trigger told_updated after update on tenancies referencing new table as changed old table as before
        for each statement execute function tell_board_of_tenancies();
        """
    )
    for table, function in (("alerts", "alerts"), ("parked", "parked"), ("missed_bank_files", "notes")):
        for name, (event, rows) in EVENTS.items():
            op.execute(
                f"create trigger told_{name} after {event} on {table} referencing {rows} table as changed "
                f"for each statement execute function tell_board_of_{function}()"
            )


def downgrade() -> None:
    op.execute(
        "drop function tell_board_of_alerts, tell_board_of_parked, tell_board_of_notes, tell_board_of_tenancies cascade"
    )
