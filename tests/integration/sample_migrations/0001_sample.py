"""The sample's one projection."""

from alembic import op

revision = "sample_0001"
down_revision = None
branch_labels = ("sample",)
depends_on = None


def upgrade() -> None:
    op.execute(
        "create table accounts (account text primary key, kommunenummer text not null, total bigint not null);"
        "create table answers (account text, number integer, kommunenummer text not null, outcome text not null,"
        " primary key (account, number));"
    )
