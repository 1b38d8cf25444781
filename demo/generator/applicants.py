"""What becomes of an applicant, cast first: each story is the answers that lead to the advice that it foretells.

The rules are Midtre Gauldal's for gjennomgangsbolig (retningslinjene, linje 17–122); GB-nn as in the file of them.
"""

from dataclasses import dataclass, field

YES, NO, OPEN = "yes", "no", "unknown"
Answers = dict[str, str | None]

# What one answers who has no home, and no way to get one; None takes an answer out.
NEEDY: Answers = dict.fromkeys(("SCOPE", "GEN-01", "GB-T1", "GB-01", "GB-07", "GB-08", "GB-09", "GB-10"), YES)
NO_GROUND: Answers = dict.fromkeys(("GB-03", "GB-04", "GB-05", "GB-06"), NO)
HOMELESS: Answers = {"GB-03": YES}
SETTLED: Answers = dict.fromkeys(("GB-T1", "GB-07", "GB-08"))


@dataclass(frozen=True, slots=True)
class Story:
    """`outcome`: what people decide in the end; None: nothing yet. They needn't follow the advice."""

    name: str
    overall: str
    answers: Answers
    outcome: str | None = "granted"
    minor: bool = False
    d_number: bool = False
    children: int = 0

    def told(self) -> dict[str, str]:
        return {rule: answer for rule, answer in {**NEEDY, **self.answers}.items() if answer}


def _candidate(name: str, answers: Answers, *, children: int = 0, minor: bool = False, d_number: bool = False) -> Story:
    return Story(name, "candidate", answers, minor=minor, d_number=d_number, children=children)


def _not(name: str, answers: Answers, *, minor: bool = False) -> Story:
    return Story(name, "not_candidate", answers, "refused", minor=minor)


def _open(name: str, answers: Answers, *, minor: bool = False) -> Story:
    return Story(name, "needs_mapping", answers, None, minor=minor)


GJENNOMGANGSBOLIG: tuple[Story, ...] = (
    _candidate("uten-egen-bolig", {"GB-03a": YES}),
    _candidate("utskrevet-fra-institusjon", {"GB-03a": NO, "GB-03b": YES}),
    _candidate("loslatt-fra-fengsel", {"GB-03a": NO, "GB-03b": NO, "GB-03c": YES}),
    _candidate("tidsavgrenset-kontrakt", {"GB-03": NO, "GB-04a": YES, "GB-04b": YES}),
    _candidate("helse-og-sosiale-problemer", {"GB-03": NO, "GB-05": YES}),
    _candidate("helsefarlig-bolig", {"GB-03": NO, "GB-06": YES}, children=2),
    _candidate("en-grunn-er-nok", HOMELESS | {"GB-04": OPEN, "GB-05": OPEN, "GB-06": OPEN}, d_number=True),
    _candidate(
        "alt-i-deler", HOMELESS | {"GEN-01": None, "GEN-01a": NO, "GEN-01b": YES, "GEN-01c": YES, "GB-09": None}
    ),
    _candidate("malgruppe-i-deler", HOMELESS | {"GB-T1": None, "GB-T1a": YES, "GB-T1b": YES, "GB-T1c": YES}),
    _candidate("mindrearig-i-samrad-med-barnevernet", HOMELESS | {"GB-02x": YES}, minor=True),
    _candidate("saerlige-grunner", HOMELESS | {"GB-10": NO, "GB-10x": YES}),
    _candidate("flyktning-bosettes", SETTLED | {"GB-18": YES}),
    _candidate("flyktning-i-deler", SETTLED | NO_GROUND | {"GB-18a": YES, "GB-18b": YES}),
    _candidate("ikke-forste-bosetting", HOMELESS | {"GB-18": NO}),
    _candidate("familiegjenforening", HOMELESS | {"GB-19": YES, "GEN-02": YES}, children=3),
    _candidate("gjeld-fra-for", HOMELESS | {"GB-11": YES, "GB-12a": YES, "GB-12b": YES, "GB-13": YES}),
    Story(
        "takket-nei-uten-grunn",
        "candidate",
        HOMELESS | {"GB-16a": YES, "GB-16b": YES, "GB-17": NO, "GB-17x": NO},
        "dismissed",
    ),
    _candidate("takket-nei-med-grunn", HOMELESS | {"GB-16a": YES, "GB-16b": YES, "GB-17": NO, "GB-17x": YES}),
    _candidate("mislighold-og-bostotte", HOMELESS | {"GB-14": YES, "GB-15": YES}),
    _not("ingen-grunn", NO_GROUND),
    _not("har-egnet-bolig", HOMELESS | {"GEN-01": NO}),
    _not("har-egen-bolig", HOMELESS | {"GB-09": NO}),
    _not("uten-lovlig-opphold", HOMELESS | {"GB-01": NO}),
    _not("mindrearig-uten-unntak", HOMELESS | {"GB-02x": NO}, minor=True),
    _not("nok-inntekt", HOMELESS | {"GB-10": NO, "GB-10x": NO}),
    _not("kan-skaffe-bolig", HOMELESS | {"GB-07": NO, "GB-08": OPEN}),
    _not("har-ikke-forsokt", HOMELESS | {"GB-08": NO}),
    _not("utenfor-malgruppen", HOMELESS | {"GB-T1": NO}),
    _not("flyktning-uten-opphold", SETTLED | {"GB-18": YES, "GB-01": NO}),
    Story("alt-imot", "not_candidate", HOMELESS | {"GB-07": NO, "GB-11": YES, "GB-16": YES}, "dismissed"),
    Story("mot-radet", "not_candidate", HOMELESS | {"GB-08": NO}, "granted", children=1),
    _open("mindrearig-unntak-ikke-spurt", HOMELESS, minor=True),
    _open("annen-arsak", HOMELESS | {"GB-T1": None, "GB-T1a": YES, "GB-T1b": NO, "GB-T1c": YES}),
    _open("forsok-uavklart", HOMELESS | {"GB-08": OPEN}),
    _open("grunn-uavklart", NO_GROUND | {"GB-05": OPEN}),
    _open("inntekt-uavklart", HOMELESS | {"GB-10": NO}),
    _open("bosetting-uavklart", NO_GROUND | {"GB-18": OPEN}),
    Story("personalbolig", "out_of_scope", HOMELESS | {"SCOPE": NO}, "dismissed"),
)


@dataclass(frozen=True, slots=True)
class Other:
    """An application that no guideline judges. `role`: who decides it; None: nobody here, or not yet."""

    name: str
    kommunenummer: str
    application_type: str
    dwelling_type: str | None
    absent_reason: str
    role: str | None = None
    outcome: str | None = None
    legal_basis: str | None = None
    purpose: str | None = None
    grounds: tuple[str, ...] = field(default=())

    @property
    def is_financing(self) -> bool:
        return self.application_type != "kommunal_bolig"


def _dwelling(name: str, kommunenummer: str, dwelling: str | None, outcome: str | None) -> Other:
    role = {"gjennomgangsbolig": "boligutvalg", "trygdebolig": "boligutvalg"}.get(dwelling or "", "vedtakskontor")
    missing = dwelling == "gjennomgangsbolig"
    reason = "no_guideline_for_municipality" if missing else "not_gjennomgangsbolig"
    return Other(name, kommunenummer, "kommunal_bolig", dwelling, reason, role if dwelling else None, outcome)


def _financing(name: str, kommunenummer: str, kind: str, basis: str | None, purpose: str, *grounds: str) -> Other:
    return Other(
        name, kommunenummer, kind, None, "financing_is_navs", legal_basis=basis, purpose=purpose, grounds=grounds
    )


OTHERS: tuple[Other, ...] = (
    _dwelling("tynset-gjennomgangsbolig", "3427", "gjennomgangsbolig", "granted"),
    _dwelling("tynset-gjennomgangsbolig-avslag", "3427", "gjennomgangsbolig", "refused"),
    _dwelling("tynset-gjennomgangsbolig-venter", "3427", "gjennomgangsbolig", None),
    _dwelling("tynset-trygdebolig", "3427", "trygdebolig", "granted"),
    _dwelling("tynset-tilrettelagt", "3427", "tilrettelagt", "granted"),
    _dwelling("tynset-tilrettelagt-avslag", "3427", "tilrettelagt", "refused"),
    _dwelling("tynset-omsorgsbolig", "3427", "omsorgsbolig", "granted"),
    _dwelling("tynset-uten-boligtype", "3427", None, None),
    _dwelling("gauldal-omsorgsbolig", "5027", "omsorgsbolig", "granted"),
    _dwelling("gauldal-omsorgsbolig-venter", "5027", "omsorgsbolig", None),
    _dwelling("gauldal-trygdebolig", "5027", "trygdebolig", "refused"),
    _financing("tynset-startlan", "3427", "startlan", "consent", "KJØP_STARTLÅN", "LEIER_KOMMUNAL_BOLIG"),
    _financing("tynset-startlan-barn", "3427", "startlan", "law", "KJØP_STARTLÅN", "BARN_I_HUSSTAND"),
    _financing("tynset-startlan-uten-samtykke", "3427", "startlan", None, "REFINANSIERING_BEHOLDE", "REFINANSIERING"),
    _financing("tynset-tilskudd", "3427", "tilskudd", "consent", "TILSKUDD_TILPASNING", "SÆRLIG_SOSIAL_HELSE"),
    _financing("gauldal-startlan", "5027", "startlan", "consent", "KJØP_STARTLÅN", "LANGVARIG_FINANSIERINGSPROBLEM"),
    _financing("gauldal-tilskudd", "5027", "tilskudd", "law", "TILSKUDD_ETABLERING", "LANGVARIG_FINANSIERINGSPROBLEM"),
    _financing("gauldal-tilskudd-uten-samtykke", "5027", "tilskudd", None, "ØKONOMISK_RÅD"),
)
