"""NAV over HTTPS, by its API both ways or by letter over SvarUt, and the doors of ours that tell what goes there."""

from nav_bridge.gateway.callbacks import Callbacks, callback_door
from nav_bridge.gateway.doors import Notices, Referrals, Source
from nav_bridge.gateway.maskinporten import Grant, Maskinporten, Signer
from nav_bridge.gateway.nav import NavHandIn, NavRecall, NavStatus
from nav_bridge.gateway.nav_keys import NavKeys
from nav_bridge.gateway.svarut import LetterHandIn, LetterLookup, LetterRecall, LetterReserve, LetterStatus, Post

__all__ = [
    "Callbacks",
    "Grant",
    "LetterHandIn",
    "LetterLookup",
    "LetterRecall",
    "LetterReserve",
    "LetterStatus",
    "Maskinporten",
    "NavHandIn",
    "NavKeys",
    "NavRecall",
    "NavStatus",
    "Notices",
    "Post",
    "Referrals",
    "Signer",
    "Source",
    "callback_door",
]
