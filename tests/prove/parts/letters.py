"""Referrals and notices sent as letters over a misbehaving SvarUt while the bridge and its connections are killed."""

from tests.prove.nav.letters import BY_LETTER
from tests.prove.nav.scene import MEMBERS, MISBEHAVING, NAV_TIMEOUT, Size, run
from tests.prove.parts.nav import proven
from tests.prove.proof import Given, Proof

REQUESTS, KILLS = 2_500, 72
FULL = Size(REQUESTS, KILLS, pause=(4.0, 10.0), lease=15.0, still=1_200.0)  # seconds
ENDING = 24 * 60.0  # seconds kept for coming to rest and for reading the ledger
WHAT = """\
As the proof of the hand-off by NAV's API (nav.md), with the same cases, kills and ledger, for a municipality whose NAV
office is reached by letter: nav-bridge in {members} processes prints each letter as PDF/A and sends it over SvarUt.
That is the simulator, which gives {share:.0%} of all calls one of its bad manners, and lets some letters be refused or
undelivered. The bridge gives it {timeout:.0f} s to answer (15 s in earnest), and leaves alone what a dead process had
begun for {lease:.0f} s (40 s).

The ledger is SvarUt's own record. What is asked must stand there as one letter under its reference, in the order in
which its case asked; of what is withdrawn after it was sent, one letter more. The bridge must have told that it was
sent, and how it ended there: read, or for a person. Where the answer to a letter is lost and the letter isn't wanted
any more, it is looked for again after the 16 minutes that SvarUt may take, and so long the run waits."""


def prove(given: Given) -> Proof:
    what = WHAT.format(members=MEMBERS, share=MISBEHAVING, timeout=NAV_TIMEOUT, lease=FULL.lease)
    result = run(given.seed, FULL, given.left - ENDING, given.say, BY_LETTER)
    return proven("Letters to NAV under kills", what, result, REQUESTS)
