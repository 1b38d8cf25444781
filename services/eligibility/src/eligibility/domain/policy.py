"""What each municipality has decided itself: its guidelines, who decides, and who takes its referrals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from eligibility.domain.guideline import Guideline


@dataclass(frozen=True, slots=True)
class Municipality:
    """`deciding_roles`: type of dwelling → role. On the type, never on a dwelling's name (A:516, 551, 554–555)."""

    kommunenummer: str
    name: str
    deciding_roles: Mapping[str, str]
    referral_to_role: str
    referral_to_unit: str


@dataclass(frozen=True, slots=True)
class Policy:
    municipalities: Mapping[str, Municipality]
    guidelines: tuple[Guideline, ...]

    def deciding_role(self, kommunenummer: str, dwelling_type: str | None) -> str | None:
        municipality = self.municipalities.get(kommunenummer)
        return municipality.deciding_roles.get(dwelling_type or "") if municipality else None

    def guidelines_of(self, kommunenummer: str, dwelling_type: str | None) -> list[Guideline]:
        asked = (kommunenummer, dwelling_type)
        return [one for one in self.guidelines if (one.kommunenummer, one.dwelling_type) == asked]

    def version(self, version: str) -> Guideline:
        """Also one that is no longer in force: the files of old versions stay, so that assessments keep their words."""
        return next(one for one in self.guidelines if one.version == version)


# Why something isn't there: a stable code, and a sentence for the caseworker.
ABSENCES = {
    "financing_is_navs": "NAV avgjør søknader om startlån og tilskudd. De vurderes ikke mot retningslinjene her.",
    "not_gjennomgangsbolig": "Bare søknader om gjennomgangsbolig vurderes punkt for punkt mot retningslinjene.",
    "no_guideline_for_municipality": "Kommunen har ikke lagt inn skriftlige retningslinjer for gjennomgangsbolig.",
    "no_guideline_on_date": "Ingen av kommunens retningslinjer gjaldt da søknaden kom inn.",
    "application_withdrawn": "Søknaden er trukket av søker.",
    "facts_awaited": "Opplysningene i søknaden er ikke hentet ennå.",
    "legal_basis_missing": "Henvisningen til NAV venter: det mangler samtykke fra søker, eller hjemmel i lov.",
}


@dataclass(frozen=True, slots=True)
class Absence:
    """Why something isn't there: a stable code, with a sentence for the caseworker in `ABSENCES`."""

    code: str

    @property
    def sentence(self) -> str:
        return ABSENCES[self.code]


def guideline_for(
    policy: Policy, kommunenummer: str, application_type: str, dwelling_type: str | None, received_on: date
) -> Guideline | Absence:
    """The guideline that an application is judged by, or why there is none."""
    if application_type != "kommunal_bolig":
        return Absence("financing_is_navs")
    if dwelling_type != "gjennomgangsbolig":
        return Absence("not_gjennomgangsbolig")
    own = policy.guidelines_of(kommunenummer, dwelling_type)
    valid = [one for one in own if one.in_force(received_on)]
    if valid:
        return max(valid, key=lambda one: one.valid_from)
    return Absence("no_guideline_on_date" if own else "no_guideline_for_municipality")
