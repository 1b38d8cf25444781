"""NAV over HTTPS, and the doors of ours that tell what goes there."""

from nav_bridge.gateway.doors import Notices, Referrals, Source
from nav_bridge.gateway.nav import NavHandIn, NavRecall, NavStatus

__all__ = ["NavHandIn", "NavRecall", "NavStatus", "Notices", "Referrals", "Source"]
