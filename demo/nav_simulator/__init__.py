"""A stand-in for NAV's side of a referral or a landlord's notice.

A simulator: this API is our proposal, NAV has published none.

`python -m demo.nav_simulator --port N [--seed S] [--record FILE] [--call-back URL --keys-in FOLDER]`

    POST /referrals          Idempotency-Key required. The first accept is stored; the same body again gets the same
                             answer; another body under the same key gets 422.
    POST /notices            The same for a notice under husleieloven § 9-11.
    GET  /referrals/{key}, /notices/{key}
                             status in NAV's own words, receipt and outcome; 404 where nothing was accepted.
    POST /referrals/{key}/recall, /notices/{key}/recall
                             NAV lets it be for good; 409 AVGJORT where it has decided, 404 where it has
                             none.
    POST /simulator/behaviour  misbehave: down, latency, failures, accepts whose answer is lost, refusals, words that
                             nobody knows; or in a share of all calls as chance has it: 500, 503, 429, late, silent
                             after it is done, byte by byte. Or decide nothing, or decide as told. Callbacks: twice,
                             too early, backwards, forged, puzzling.
    GET  /jwks               the public key that callbacks are signed with.

Where it has an address to call back, it says there when what it took stands otherwise: taken, decided, recalled.

After a delay each referral gets an outcome drawn from the seed and the key, so that two runs agree. The record
(JSON lines: accepts, repeats, conflicts, refusals, lookups, recalls, callbacks, with time and key, never content) is
NAV's word in a ledger that shares no code with the services; a simulator started on its own record remembers what it
accepted.
"""

from demo.nav_simulator.callbacks import Callbacks, keys
from demo.nav_simulator.nav import OUTCOMES, Behaviour, Nav
from demo.nav_simulator.web import build

__all__ = ["OUTCOMES", "Behaviour", "Callbacks", "Nav", "build", "keys"]
