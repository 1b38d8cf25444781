"""Between the domain's words and others': data files and lines of a ledger in."""

from notifications.translation.ledger_file import BadLine, LedgerFile
from notifications.translation.policy_files import also_closed, feed, policies, policy_of, thresholds

__all__ = ["BadLine", "LedgerFile", "also_closed", "feed", "policies", "policy_of", "thresholds"]
