"""The projections of cases and referrals."""

from alembic import op

revision = "eligibility_0001"
down_revision = None
branch_labels = ("eligibility",)
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        create table cases (
            application text primary key,
            kommunenummer text not null,
            public_id text not null,
            case_number text,
            application_type text not null,
            dwelling_type text,
            received_on date not null,
            facts_door text not null,
            overall text,
            guideline_version text,
            absent_reason text,
            decision text,
            decided_on date,
            referral_id text,
            referral_status text,
            not_referred_reason text,
            version integer not null,
            updated_at timestamptz not null
        );
        create index cases_newest on cases (kommunenummer, received_on desc, application);
        create table referrals (
            referral_id text primary key,
            application text not null,
            kommunenummer text not null
        );
        """
    )


def downgrade() -> None:
    op.execute("drop table cases; drop table referrals")
