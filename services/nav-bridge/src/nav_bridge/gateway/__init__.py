"""NAV over HTTPS, and the doors of ours that tell what goes there."""

from nav_bridge.gateway.doors import Notices, Referrals, Source
from nav_bridge.gateway.nav import NavHandIn, NavStatus

__all__ = ["NavHandIn", "NavStatus", "Notices", "Referrals", "Source"]
