"""What notifications asks of others: the mail server, intake's doors, and the database what people have activated."""

from notifications.gateway.activated import Activated
from notifications.gateway.partners import Notices, OperatorNotices, People
from notifications.gateway.sums import LedgerSums

__all__ = ["Activated", "LedgerSums", "Notices", "OperatorNotices", "People"]
