"""The doors that the bridge fetches content from, played: eligibility's referrals, notifications' notices, intake's
persons.

They answer as the real ones do, by the services' own classes where those have one: the newest revision that was asked
for, 410 of what is withdrawn, 404 of what nobody knows. All persons are one made-up person.
"""

import json
import sys
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from pydantic_core import to_json

from chassis.access.principal import SERVICE_HEADERS
from eligibility.translation.referral import LegalBasisContent, ReferralContent
from tests.prove.nav.asking import REQUESTED_ON, Asker, Pair

PERSON = {
    "status": "found",
    "name": "Testperson Oppdiktet",
    "address": "Oppdiktet vei 1, 2500 Tynset",
    "phone": None,
    "email": None,
    "national_id": "01817012345",
}
DEBT = 1_600_000  # øre


@dataclass(slots=True)
class Known:
    asker: Asker
    revision: int
    withdrawn: bool = False


class Quiet(ThreadingHTTPServer):
    """Callers are killed while they wait for their answer."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Doors:
    """`told` and `withdrawn` before the event is on Kafka, as the owner's state is. `asked`: how often a door was."""

    def __init__(self) -> None:
        self.asked = 0
        self._known: dict[str, Known] = {}
        doors = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self.answer(doors.content(self.path) if self.is_allowed() else (400, {}))

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                if len(body := self.rfile.read(length)) == length:  # else who asked has died in the middle
                    self.answer(persons(json.loads(body)) if self.is_allowed() else (400, {}))

            def is_allowed(self) -> bool:
                doors.asked += 1
                return all(self.headers.get(name) for name in ("Authorization", *SERVICE_HEADERS))

            def answer(self, given: tuple[int, dict[str, Any]]) -> None:
                status, document = given
                content = to_json(document)
                self.send_response_only(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing: what counts stands in NAV's record."""

        self._server = Quiet(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, name="doors", daemon=True).start()

    def told(self, asker: Asker, pair: Pair) -> None:
        self._known[pair.referral] = Known(asker, pair.revision)

    def withdrawn(self, pair: Pair) -> None:
        self._known[pair.referral].withdrawn = True

    def content(self, path: str) -> tuple[int, dict[str, Any]]:
        """Of `/referrals/{id}` or `/nav-notices/{id}`."""
        kind, _, id = path.strip("/").partition("/")
        matter = {"referrals": "referral", "nav-notices": "nav_notice"}.get(kind)
        known = self._known.get(id)
        if known is None or known.asker.matter != matter:
            return 404, {"code": "unknown"}
        if known.withdrawn:
            return 410, {"code": "withdrawn"}
        return 200, (referral if matter == "referral" else notice)(known.asker, Pair(id, known.revision))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def persons(wanted: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    return 200, {"persons": dict.fromkeys(wanted["ids"], PERSON)}


def referral(asker: Asker, pair: Pair) -> dict[str, Any]:
    """The revision says what has changed: a number of grounds more."""
    content = ReferralContent(
        referral_id=pair.referral,
        revision=pair.revision,
        requested_on=REQUESTED_ON,
        status="requested",
        kommunenummer=asker.kommunenummer,
        application=asker.id,
        application_type="startlan",
        applicant=asker.person,
        from_role="boligansvarlig",
        to_role="startlan_saksbehandler",
        to_unit="NAV Tynset",
        purpose="KJØP_STARTLÅN",
        grounds=("BARN_I_HUSSTAND", "REFINANSIERING")[: pair.revision % 3],
        legal_basis=LegalBasisContent("law", None, None, revocable=False),
        tenancy=None,
        household=None,
        arrears_band=None,
        needs_extended_help=None,
        language=None,
        interpreter=None,
        due_on=REQUESTED_ON,
        priority="normal",
    )
    return {name: getattr(content, name) for name in ReferralContent.__dataclass_fields__}


def notice(asker: Asker, pair: Pair) -> dict[str, Any]:
    """A revision is of another debt."""
    return {
        "notice_id": pair.referral,
        "revision": pair.revision,
        "requested_on": REQUESTED_ON,
        "tenants": (asker.person,),
        "from_role": "boligansvarlig",
        "as_of": REQUESTED_ON,
        "debt_ore": DEBT * pair.revision,
        "unpaid": [{"due_on": REQUESTED_ON, "open_ore": DEBT * pair.revision}],
        "eviction_notice": None,
    }
