"""What notifications asks of others: the mail server, intake's doors, and its own database as a whole."""

from notifications.gateway.activated import Activated
from notifications.gateway.auditor import Auditor
from notifications.gateway.mail import Addresses, AlarmNotices, DigestNotices, Notices, OperatorNotices
from notifications.gateway.people import People
from notifications.gateway.renting_to_owning import RentingToOwning
from notifications.gateway.sums import LedgerSums

__all__ = [
    "Activated",
    "Addresses",
    "AlarmNotices",
    "Auditor",
    "DigestNotices",
    "LedgerSums",
    "Notices",
    "OperatorNotices",
    "People",
    "RentingToOwning",
]
