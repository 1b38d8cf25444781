"""What notifications asks of others: the mail server, and intake's doors."""

from notifications.gateway.partners import Notices, OperatorNotices, People
from notifications.gateway.sums import LedgerSums

__all__ = ["LedgerSums", "Notices", "OperatorNotices", "People"]
