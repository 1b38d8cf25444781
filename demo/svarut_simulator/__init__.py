"""A stand-in for KS SvarUt, as far as its ForsendelseRestServiceV1 is documented and the bridge uses it.

`python -m demo.svarut_simulator --port N --senders FILE [--seed S] [--record FILE]`

    POST /tjenester/api/forsendelse/v1/startNyForsendelse    reserves an id.
    POST /tjenester/api/forsendelse/v1/{id}/sendForsendelse  takes a letter under it: metadata first, then its files.
                                                             A repeat is the first one again, or is refused, as told.
    GET  /tjenester/api/forsendelse/v1/{id}/status           how far it has come, 404 where nothing was taken.
    GET  /tjenester/api/forsendelse/v1/eksternref/{reference}  the ids of what was taken under the sender's reference.
    POST /simulator/behaviour  misbehave, as NAV's simulator does; and let letters end as told.

Each door wants HTTP Basic by a sender out of FILE (TOML: per kommunenummer `user` and `password`); one sender sees
nothing of another's. How a letter ends is drawn from the seed and its id. The record (JSON lines, never content) is
SvarUt's word in a ledger that shares no code with the services; a simulator started on its own record remembers it.
"""

from demo.svarut_simulator.svarut import FATES, Behaviour, SvarUt
from demo.svarut_simulator.web import build

__all__ = ["FATES", "Behaviour", "SvarUt", "build"]
