"""NAV over HTTPS, by its API or by letter over SvarUt, and the doors of ours that tell what goes there."""

from nav_bridge.gateway.doors import Notices, Referrals, Source
from nav_bridge.gateway.nav import NavHandIn, NavRecall, NavStatus
from nav_bridge.gateway.svarut import LetterHandIn, LetterLookup, LetterRecall, LetterReserve, LetterStatus, Post

__all__ = [
    "LetterHandIn",
    "LetterLookup",
    "LetterRecall",
    "LetterReserve",
    "LetterStatus",
    "NavHandIn",
    "NavRecall",
    "NavStatus",
    "Notices",
    "Post",
    "Referrals",
    "Source",
]
