"""Every route of every service, and of each what a test must know: who may, with what, and what strangers get."""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pytest
from fastapi.routing import iter_route_contexts

from chassis import access
from chassis.http import create_app
from chassis.reconcile import event_log
from demo.player.services import PACKAGES
from tests.e2e.system import System

PEOPLE = frozenset({"servicetorg", "boligansvarlig", "boligutvalg", "vedtakskontor", "okonomi", "leder"})
# signed: whose signature lets in, and nothing that a person or a service has.
Kind = Literal["api", "page", "open", "signed"]


@dataclass(frozen=True)
class Case:
    """`roles`: who may. `stranger`: what another municipality's user with such a role gets for the same request.

    missing: 404, as for what doesn't exist. nothing: an answer without content. own: an answer of their own things.
    `path`, `query`, `json`, `form` and `text` may name things of the municipality at home, in braces.
    """

    roles: frozenset[str] = PEOPLE
    service: bool = False
    kind: Kind = "api"
    stranger: Literal["missing", "nothing", "own"] = "missing"
    json: Mapping[str, Any] | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    answer: int = 200


def of(*roles: str, **more: Any) -> Case:
    return Case(roles=frozenset(roles), **more)


OPEN = Case(kind="open")
LOGIN = {("GET", path): OPEN for path in ("/login", "/callback")} | {("POST", "/logout"): OPEN}
HEALTH = {("GET", path): OPEN for path in ("/livez", "/readyz", "/metrics", "/openapi.json")}
MOUNTS = {("GET", "/assets"): OPEN, ("GET", "/static"): OPEN}
LETTER = "/drift/hendelser/{letter}"
FORM = {"version": "{letter_version}", "because": "en prøve"}
OPERATORS = {
    ("GET", "/drift"): of("leder", kind="page", stranger="own"),
    ("GET", "/drift/grupper/{fingerprint}"): of("leder", kind="page"),
    ("POST", "/drift/grupper/{fingerprint}/nytt-forsok"): of("leder", kind="page", stranger="own"),
    ("GET", LETTER): of("leder", kind="page"),
    ("POST", f"{LETTER}/innhold"): of("leder", kind="page"),
    ("POST", f"{LETTER}/nytt-forsok"): of("leder", kind="page"),
    ("POST", f"{LETTER}/rettelse"): of("leder", kind="page", form=FORM | {"value": "[]"}),
    ("POST", f"{LETTER}/forkasting"): of("leder", kind="page", form=FORM),
}
SHARED = {**LOGIN, **HEALTH, **MOUNTS, **OPERATORS}
STAFF = PEOPLE - {"okonomi"}


def event_log_of(topic: str) -> dict[tuple[str, str], Case]:
    asked = {"topic": topic, "day": "{today}"}
    return {
        ("GET", "/event-log"): Case(frozenset(), service=True, stranger="own", query=asked),
        ("POST", "/event-log/republications"): Case(
            frozenset(), service=True, stranger="own", json={"ids": ["{person}"]}
        ),
    }


# Of a version that nobody has seen: a case that is asked for by several changes nothing.
OLD_ALERT = {"alert_id": "{alert_id}", "version": "999999"}
OLD_FORM = {"tenancy": "{tenancy}", "version": "999999"}
RESTS, CLOSES = {"reason": "dispute", "until_on": "2030-01-01"}, {"because": "not_relevant"}
GIVES, NOTES = {"to": "fallback"}, {"code": "nav"}
FOLLOWED_UP = {"ansvarlig": GIVES, "notat": NOTES, "utsettelse": RESTS, "lukking": CLOSES}
# Nobody, in place of the first register: at home there is another one already.
NO_STAFF: dict[str, Any] = {"version": 0, "members": []}
OLD_STAFF = {"version": "999999", "idempotency_key": "form-staff"}
FOLLOW_UPS = {
    ("POST", f"/varsler/{{alert_id}}/{form}"): of(
        "boligansvarlig",
        "leder",
        kind="page",
        form=OLD_FORM | {"idempotency_key": f"form-{form}"} | written,
        answer=409,
    )
    for form, written in FOLLOWED_UP.items()
}
READERS = STAFF - {"servicetorg"}

CASES: dict[str, dict[tuple[str, str], Case]] = {
    "intake": SHARED
    | event_log_of("applications.v1")
    | {
        ("POST", "/persons"): of(
            "servicetorg",
            "boligansvarlig",
            stranger="own",
            json={"national_id": "{number}", "name": "Prøve"},
            answer=201,
        ),
        ("POST", "/persons/lookup"): Case(service=True, stranger="nothing", json={"ids": ["{person}"]}),
        ("POST", "/erasures"): of("leder", json={"person": "{erased}"}, answer=202),
        ("GET", "/erasures"): of("leder", stranger="own"),
        ("GET", "/erasures/{person}"): of("leder"),
        ("POST", "/applications"): of(
            "servicetorg",
            "boligansvarlig",
            json={"applicant": {"person": "{person}"}, "application_type": "tilskudd", "received_on": "2019-02-01"},
            answer=201,
        ),
        ("GET", "/applications"): Case(STAFF, stranger="own"),
        ("GET", "/applications/{id}"): Case(STAFF),
        ("GET", "/applications/{id}/facts"): Case(frozenset(), service=True),
        ("POST", "/applications/{id}/withdrawal"): of("servicetorg", "boligansvarlig", answer=201),
        ("GET", "/causation/{key}"): Case(frozenset(), service=True),
        ("POST", "/ledger/imports"): of("okonomi", stranger="own", text="{file}", answer=202),
        ("GET", "/ledger/imports/{id}"): of("okonomi"),
        ("GET", "/reskontro"): of("okonomi", kind="page", stranger="own"),
        ("GET", "/reskontro.css"): of("okonomi", "boligansvarlig", kind="page", stranger="own"),
        ("POST", "/reskontro/filer"): of("okonomi", kind="page", stranger="own", answer=422),
        ("GET", "/reskontro/filer/{id}"): of("okonomi", kind="page"),
        ("GET", "/reskontro/linjer/{id}"): of("okonomi", kind="page"),
        ("POST", "/reskontro/linjer/{id}/retting"): of(
            "okonomi",
            kind="page",
            form={"version": "{bad_version}", "idempotency_key": "form-2", "kind": "invoice.issued"},
            answer=422,
        ),
        ("POST", "/reskontro/linjer/{id}/stryking"): of(
            "okonomi", kind="page", form={"version": "{bad_version}", "idempotency_key": "form-3"}, answer=303
        ),
        ("GET", "/reskontro/uplassert"): of("okonomi", kind="page", stranger="own"),
        ("POST", "/reskontro/uplassert/{id}"): of(
            "okonomi",
            kind="page",
            form={"version": "{bad_version}", "idempotency_key": "form-4", "choice": "tilbake"},
            answer=303,
        ),
        ("GET", "/reskontro/leieforhold"): of("okonomi", "boligansvarlig", kind="page", stranger="own"),
        ("POST", "/reskontro/leieforhold"): of(
            "okonomi", "boligansvarlig", kind="page", form={"contract": "ingen slik"}, answer=404
        ),
        ("GET", "/reskontro/leieforhold/{tenancy}"): of("okonomi", "boligansvarlig", kind="page"),
        ("POST", "/reskontro/leieforhold/{tenancy}/steg"): of(
            "okonomi",
            "boligansvarlig",
            kind="page",
            form={"version": "0", "idempotency_key": "form-5", "kind": "reminder.sent", "date": "i går"},
            answer=422,
        ),
        ("POST", "/tenancies/{tenancy}/steps"): of(
            "okonomi", "boligansvarlig", json={"kind": "dispute.opened", "date": "2018-02-01"}, answer=201
        ),
        ("GET", "/ledger/sums"): Case(frozenset(), service=True, stranger="own"),
        ("GET", "/figures/renting-to-owning"): Case(frozenset(), service=True, stranger="own"),
        ("POST", "/tenancies/lookup"): of(
            "okonomi", "boligansvarlig", "leder", stranger="nothing", json={"contracts": ["{contract}"]}
        ),
    },
    "eligibility": SHARED
    | event_log_of("decisions.v1")
    | {
        ("GET", "/cases"): Case(READERS, stranger="own"),
        ("GET", "/cases/{application}"): Case(READERS),
        ("POST", "/cases/{application}/decisions"): of(
            "boligutvalg", "vedtakskontor", json={"outcome": "granted"}, answer=201
        ),
        ("POST", "/cases/{application}/facts"): of("boligansvarlig", answer=202),
        ("GET", "/referrals/{referral_id}"): Case(frozenset(), service=True),
        ("GET", "/"): Case(READERS, kind="page", stranger="own", answer=303),
        ("GET", "/saker.css"): Case(READERS, kind="page", stranger="own"),
        ("GET", "/saker"): Case(READERS, kind="page", stranger="own"),
        ("GET", "/saker/{application}"): Case(READERS, kind="page"),
        ("GET", "/saker/{application}/spor"): Case(READERS, kind="page"),
    },
    "nav-bridge": SHARED
    | event_log_of("deliveries.v1")
    | {
        ("GET", "/deliveries"): of("boligansvarlig", "leder", stranger="own"),
        ("GET", "/deliveries/{application}"): of("boligansvarlig", "leder"),
        ("GET", "/causation/{application}"): Case(frozenset(), service=True),
        ("POST", "/nav/callbacks"): Case(frozenset(), kind="signed"),
        ("GET", "/"): of("boligansvarlig", "leder", kind="page", stranger="own", answer=303),
        ("GET", "/leveringer.css"): of("boligansvarlig", "leder", kind="page", stranger="own"),
        ("GET", "/leveringer"): of("boligansvarlig", "leder", kind="page", stranger="own"),
        ("GET", "/leveringer/drift"): of("leder", kind="page", stranger="own"),
        ("POST", "/leveringer/drift/{code}"): of(
            "leder",
            kind="page",
            stranger="own",
            form={"reason": "cause_removed", "seen": "0" * 64, "idempotency_key": "form-2"},
            answer=409,
        ),
        ("GET", "/leveringer/{application}"): of("boligansvarlig", "leder", kind="page"),
        ("GET", "/leveringer/{application}/bevis"): of("boligansvarlig", "leder", kind="page"),
        ("POST", "/leveringer/{application}"): of(
            "boligansvarlig",
            "leder",
            kind="page",
            form={
                "referral_id": "{referral_id}",
                "revision": "999",
                "act": "recall",
                "reason": "sent_by_mistake",
                "seen": "sent",
                "idempotency_key": "form-1",
            },
            answer=404,
        ),
    },
    "notifications": SHARED
    | event_log_of("risks.v1")
    | {
        ("GET", "/alerts"): of("boligansvarlig", "leder", stranger="own"),
        ("GET", "/alerts/{tenancy}"): of("boligansvarlig", "leder"),
        ("POST", "/alerts/{tenancy}/acknowledgement"): of(
            "boligansvarlig", "leder", json={"alert_id": "{alert_id}", "version": "{version}"}, answer=201
        ),
        ("POST", "/alerts/{tenancy}/nav-notice"): of("boligansvarlig", "leder", json=OLD_ALERT, answer=409),
        ("POST", "/alerts/{tenancy}/assignment"): of("boligansvarlig", "leder", json=OLD_ALERT | GIVES, answer=409),
        ("POST", "/alerts/{tenancy}/notes"): of("boligansvarlig", "leder", json=OLD_ALERT | NOTES, answer=409),
        ("POST", "/alerts/{tenancy}/snooze"): of("boligansvarlig", "leder", json=OLD_ALERT | RESTS, answer=409),
        ("POST", "/alerts/{tenancy}/resolution"): of("boligansvarlig", "leder", json=OLD_ALERT | CLOSES, answer=409),
        ("GET", "/staff"): of("leder", stranger="own"),
        ("PUT", "/staff"): of("leder", stranger="own", json=NO_STAFF, answer=409),
        ("PUT", "/tenancies/{tenancy}/caseworker"): of(
            "boligansvarlig", "leder", json={"was_area": "en annens"}, answer=409
        ),
        ("GET", "/nav-notices/{notice_id}"): Case(frozenset(), service=True),
        ("GET", "/balances"): of("boligansvarlig", "leder", "okonomi", stranger="own"),
        ("GET", "/"): of("boligansvarlig", "leder", kind="page", stranger="own"),
        ("GET", "/varsler.css"): of("boligansvarlig", "leder", "okonomi", kind="page", stranger="own"),
        ("GET", "/varsler.js"): of("boligansvarlig", "leder", kind="page", stranger="own"),
        ("GET", "/oversikt"): of("leder", kind="page", stranger="own"),
        ("GET", "/oversikt.csv"): of("leder", "boligutvalg", kind="page", stranger="own"),
        ("GET", "/oversikt/leie-til-eie.csv"): of("leder", "boligutvalg", kind="page", stranger="own"),
        ("GET", "/strom"): of("boligansvarlig", "leder", kind="page", stranger="own", answer=406),
        ("GET", "/varsler/{alert_id}"): of("boligansvarlig", "leder", kind="page"),
        ("GET", "/varsler/{alert_id}/spor"): of("boligansvarlig", "leder", kind="page"),
        ("POST", "/varsler/{alert_id}/kvittering"): of(
            "boligansvarlig",
            "leder",
            kind="page",
            form={"tenancy": "{tenancy}", "version": "{version}", "idempotency_key": "form-1"},
            answer=303,
        ),
        ("POST", "/varsler/{alert_id}/nav-varsel"): of(
            "boligansvarlig",
            "leder",
            kind="page",
            form={"tenancy": "{tenancy}", "version": "999999", "idempotency_key": "form-2"},
            answer=409,
        ),
        **FOLLOW_UPS,
        ("GET", "/ansatte"): of("leder", kind="page", stranger="own"),
        ("GET", "/ansatte.csv"): of("leder", kind="page", stranger="own"),
        ("POST", "/ansatte/fil"): of("leder", kind="page", stranger="own", form=OLD_STAFF, answer=422),
        ("POST", "/ansatte/adresser"): of("leder", kind="page", stranger="own", form=OLD_STAFF, answer=409),
        ("POST", "/ansatte/ansatt"): of(
            "leder", kind="page", stranger="own", form=OLD_STAFF | {"subject": "ukjent"}, answer=409
        ),
        ("POST", "/leieforhold/{tenancy}/saksbehandler"): of(
            "boligansvarlig",
            "leder",
            kind="page",
            form={"was_area": "en annens", "idempotency_key": "form-6"},
            answer=409,
        ),
        ("GET", "/leieforhold/{tenancy}"): of("boligansvarlig", "leder", "okonomi", kind="page"),
        ("GET", "/oppstart"): of("leder", kind="page", stranger="own"),
        ("GET", "/terskler"): of("leder", kind="page", stranger="own"),
        ("POST", "/terskler/proving"): of(
            "leder", kind="page", stranger="own", form={"version": "99", "idempotency_key": "form-2"}, answer=409
        ),
        ("POST", "/terskler/versjon"): of(
            "leder",
            kind="page",
            stranger="own",
            form={"version": "99", "rehearsal": "1", "active_from": "2030-01-01", "idempotency_key": "form-3"},
            answer=409,
        ),
    },
}


class Route(NamedTuple):
    service: str
    method: str
    path: str

    @property
    def case(self) -> Case:
        return CASES[self.service][self.method, self.path]


def known(kind: Kind) -> list[Route]:
    every = [Route(service, *route) for service, cases in CASES.items() for route in cases]
    return [route for route in every if route.case.kind == kind]


def routes(system: System, service: str) -> set[tuple[str, str]]:
    """All that the service's application answers to, put together as its own process does it. HEAD goes with GET."""
    package = PACKAGES[service]
    with pytest.MonkeyPatch.context() as environment:
        for name, value in system.platform.service_environment(service).items():
            environment.setenv(name, value)
        settings = importlib.import_module(f"{package}.settings").Settings()
        built = importlib.import_module(f"{package}.app").build(settings)
    routers = [*built.routers, event_log()]
    app = create_app(service, routers, checks=dict, assets_dir=settings.assets_dir, state=built.state)
    access.install(app, settings)
    return {
        (method, str(route.path))
        for route in iter_route_contexts(app.routes)
        for method in (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
    }
