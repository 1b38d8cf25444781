"""Bodies of applications, decisions on them, and what is foretold, from the applicants' stories."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from demo.generator.applicants import Other, Story
from demo.generator.people import People

GAULDAL = "5027"
FINAL_OUTCOMES = ["granted", "refused", "withdrawn", "expired"]


@dataclass(slots=True)
class Applications:
    """`last_day`: of receipt; all come in during the months before it."""

    chance: Random
    people: People
    last_day: date
    bodies: list[dict[str, Any]] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    foretold: dict[str, dict[str, Any]] = field(default_factory=dict)

    def stories(self, stories: Iterable[Story]) -> None:
        """Applications for gjennomgangsbolig to the municipality that has a guideline."""
        for story in stories:
            ref, received = self._ref(story.name), self._received()
            born = self._minor(received) if story.minor else None
            applicant = self.people.person(GAULDAL, born=born, d_number=story.d_number)
            body = self._body(ref, GAULDAL, applicant, "kommunal_bolig", received)
            household = {"adults": 0 if story.minor else 1, "children": 1 if story.minor else story.children}
            self.bodies.append(
                body | {"dwelling_type": "gjennomgangsbolig", "answers": story.told(), "household": household}
            )
            self._foretell(ref, overall=story.overall, role="boligutvalg", outcome=story.outcome)

    def others(self, others: Iterable[Other], tenant: str | None = None) -> None:
        """`tenant`: the birth number of one who rents from the municipality already, and wants to buy."""
        for other in others:
            ref, received = self._ref(other.name), self._received()
            rents = "LEIER_KOMMUNAL_BOLIG" in other.grounds
            applicant = tenant if tenant and rents else self.people.person(other.kommunenummer)
            body = self._body(ref, other.kommunenummer, applicant, other.application_type, received)
            if other.dwelling_type:
                body["dwelling_type"] = other.dwelling_type
            if other.is_financing:
                body |= self._financing(other, ref, received)
            self.bodies.append(body)
            self._foretell(ref, other=other, role=other.role, outcome=other.outcome)

    def _financing(self, other: Other, ref: str, received: date) -> dict[str, Any]:
        consent = {"kind": "consent", "consent_id": f"samtykke-{ref}", "consented_at": f"{received}T09:00:00+01:00"}
        basis = {"consent": consent, "law": {"kind": "law"}, None: None}[other.legal_basis]
        return {
            "household": {"adults": self.chance.randint(1, 2), "children": self.chance.randint(0, 3)},
            "legal_basis": basis,
            "purpose": other.purpose,
            "grounds": list(other.grounds),
            "needs_extended_help": self.chance.random() < 0.3,
            "language": self.chance.choice(["nb", "nn", "so", "ti", "uk"]),
            "interpreter": self.chance.random() < 0.2,
        }

    def _foretell(
        self, ref: str, *, role: str | None, outcome: str | None, overall: str | None = None, other: Other | None = None
    ) -> None:
        if role and outcome:
            self.decisions.append({"application": ref, "role": role, "outcome": outcome})
        goes_to_nav = bool(other and other.legal_basis)
        waits = bool(other and other.is_financing and not other.legal_basis)
        self.foretold[ref] = {
            "overall": overall,
            "absent_reason": other.absent_reason if other else None,
            "decision": outcome,
            "not_referred_reason": "legal_basis_missing" if waits else None,
            "referral": {"received": True, "outcome": FINAL_OUTCOMES} if goes_to_nav else None,
        }

    def _body(self, ref: str, kommunenummer: str, applicant: str, kind: str, received: date) -> dict[str, Any]:
        who = {"applicant": {"national_id": applicant}, "application_type": kind, "received_on": received.isoformat()}
        return {"kommunenummer": kommunenummer, "ref": ref, **who}

    def _ref(self, name: str) -> str:
        return f"S-{len(self.bodies) + 1:02}-{name}"

    def _received(self) -> date:
        return self.last_day - timedelta(days=self.chance.randint(0, 100))

    def _minor(self, received: date) -> date:
        return received - timedelta(days=self.chance.randint(15 * 366, 17 * 365))
