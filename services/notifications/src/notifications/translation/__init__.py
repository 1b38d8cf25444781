"""Between the domain's words and others': data files, lines of a ledger and the staff's file in, tables out."""

from notifications.translation.ledger_file import BadLine, LedgerFile
from notifications.translation.policy_files import also_closed, feed, policies, policy_of, thresholds
from notifications.translation.staff_file import faults_of, member, member_of, read_staff, texts, write_staff

__all__ = [
    "BadLine",
    "LedgerFile",
    "also_closed",
    "faults_of",
    "feed",
    "member",
    "member_of",
    "policies",
    "policy_of",
    "read_staff",
    "texts",
    "thresholds",
    "write_staff",
]
