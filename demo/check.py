"""What the files foretell against what was observed, sentence by sentence. Pure: no service, no database, no clock."""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

# The issue's own measure of the demo's scenario ("Done when", 1). Sums in øre.
EARLY_DAYS, ALERTED_EARLY, BY_E1, SOUND, ALVORLIG = 14, 6, 3, 20, 3
OUTSTANDING = {"2012-01-01": 127_500_000, "2019-05-01": 44_200_000}

APPLICATION = ("overall", "absent_reason", "decision", "not_referred_reason")
EPISODE = ("rules", "peak_level", "first_as_of", "resolution", "requested_on", "lead_days", "e1_before_notice")


def compare(expected: Document, observed: Document) -> list[str]:
    """A sentence for each difference; none: all came as foretold. Both have the form that README.md describes."""
    return [
        *_each("søknad", _application, expected["applications"], observed["applications"]),
        *_each("leieforhold", _tenancy, expected["tenancies"], observed["tenancies"]),
        *(
            f"utestående per {day}: {_kroner(ore)} ventet, {_kroner(observed['outstanding'].get(day))} funnet"
            for day, ore in expected["outstanding"].items()
            if observed["outstanding"].get(day) != ore
        ),
    ]


def minimum(observed: Document, outstanding: Mapping[str, int] = OUTSTANDING) -> list[str]:
    """What must be shown whatever the files foretell. `outstanding`: sums by day, none for other ledgers than ours."""
    tenancies = observed["tenancies"].values()
    early = [found for found in tenancies if _alerted_early(found)]
    by_e1 = [found for found in early if any(_early(e) and e["e1_before_notice"] for e in found["episodes"])]
    sound = [found for found in tenancies if all(_is_sound(episode) for episode in found["episodes"])]
    return [
        *_too_few(f"begjærte leieforhold varslet minst {EARLY_DAYS} dager før begjæringen", len(early), ALERTED_EARLY),
        *_too_few("av dem varslet ved E1 før noe varsel etter § 4-18", len(by_e1), BY_E1),
        *_too_few("leieforhold som aldri ble alvorlige", len(sound), SOUND),
        *(
            f"utestående per {day} skal være {_kroner(ore)}, er {_kroner(observed['outstanding'].get(day))}"
            for day, ore in outstanding.items()
            if observed["outstanding"].get(day) != ore
        ),
    ]


def _each(what: str, differences: Any, expected: Document, observed: Document) -> Iterator[str]:
    for ref in sorted(expected.keys() | observed.keys()):
        if ref not in observed:
            yield f"{what} {ref} er ventet, men ikke funnet"
        elif ref not in expected:
            yield f"{what} {ref} er funnet, men ikke ventet"
        else:
            yield from (f"{what} {ref}: {difference}" for difference in differences(expected[ref], observed[ref]))


def _application(expected: Document, observed: Document) -> Iterator[str]:
    yield from _fields(APPLICATION, expected, observed)
    wanted, found = expected["referral"], observed["referral"]
    if wanted is None or found is None:
        if (wanted is None) != (found is None):
            yield "er henvist til NAV, men skulle ikke vært det" if found else "er ikke henvist til NAV"
    elif not found["received"]:
        yield "har ingen kvittering fra NAV"
    elif found["outcome"] not in wanted["outcome"]:
        yield f"utfallet fra NAV er {found['outcome']}, ventet er ett av {', '.join(wanted['outcome'])}"


def _tenancy(expected: Document, observed: Document) -> Iterator[str]:
    wanted, found = expected["episodes"], observed["episodes"]
    if len(wanted) != len(found):
        yield f"{len(wanted)} varsler ventet, {len(found)} funnet: {_brief(wanted)} mot {_brief(found)}"
    else:
        for number, (one, other) in enumerate(zip(wanted, found, strict=True), 1):
            yield from (f"varsel {number}: {difference}" for difference in _fields(EPISODE, one, other))
    yield from _balances(expected["balances"], observed["balances"])


def _balances(expected: Document, observed: Document) -> Iterator[str]:
    """The first day that differs, and how many do."""
    differing = [day for day in sorted(expected.keys() | observed.keys()) if expected.get(day) != observed.get(day)]
    if differing:
        day, more = differing[0], len(differing) - 1
        rest = f", og {more} dager til" if more else ""
        yield f"saldo per {day} er {_kroner(observed.get(day))}, ventet {_kroner(expected.get(day))}{rest}"


def _fields(names: tuple[str, ...], expected: Document, observed: Document) -> Iterator[str]:
    for name in names:
        if name not in observed:
            yield f"{name} er ikke observert"
        elif observed[name] != expected[name]:
            yield f"{name} er {observed[name]}, ventet {expected[name]}"


def _brief(episodes: list[Document]) -> str:
    return " ".join(f"{'+'.join(episode['rules'])} fra {episode['first_as_of']}" for episode in episodes) or "ingen"


def _alerted_early(tenancy: Document) -> bool:
    return any(_early(episode) for episode in tenancy["episodes"])


def _early(episode: Document) -> bool:
    """Alerted well before the request that came while the same alert stood."""
    return episode["lead_days"] is not None and episode["lead_days"] >= EARLY_DAYS


def _is_sound(episode: Document) -> bool:
    return episode["peak_level"] < ALVORLIG and episode["requested_on"] is None


def _too_few(what: str, found: int, least: int) -> Iterator[str]:
    if found < least:
        yield f"{found} {what}, minst {least} ventet"


def _kroner(ore: int | None) -> str:
    return "ingenting" if ore is None else f"{ore // 100}.{ore % 100:02} kr"
