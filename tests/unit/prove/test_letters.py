"""Whether the ledger of letters sees what is wrong: SvarUt's record in the words of NAV's, and what was told of it."""

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import pytest

from nav_bridge.domain import call_key, recall_key
from tests.prove.nav.asking import Pair
from tests.prove.nav.judging import Told
from tests.prove.nav.letters import ENDS, OfLetters, as_navs
from tests.unit.prove.test_nav import FIRST, NAV_SEED, NEXT, OTHER, START, again, case, numbers, told

ASKER = case(FIRST, NEXT, withdrawn=NEXT)


def line(reference: object, id: str, what: str = "accepted", second: int = 0) -> dict[str, Any]:
    at = START.replace(second=second).isoformat()
    return {"time": at, "what": what, "key": id, "reference": str(reference), "paper_sha256": "00"}


def ending(word: str) -> str:
    """An id under which a letter ends with that word."""
    ids = (str(uuid5(NAMESPACE_OID, f"letter {number}")) for number in range(1_000))
    ledger = OfLetters([], {}, frozenset(), [], [], NAV_SEED)
    return next(id for id in ids if ledger.end({"letter": id, "time": START.isoformat()}) == word)


def ledger(word: str, told_of: list[Told], *more: dict[str, Any], recall: str = "LEST") -> OfLetters:
    """The first letter ends with the word; the other is sent, withdrawn and recalled, by a letter with its own end."""
    record = [line(call_key(*FIRST), ending(word)), line(call_key(*NEXT), "b", second=1)]
    record += [line(recall_key(*NEXT), ending(recall), second=2), *more]
    told_of = [*told_of, *told(NEXT, "sent", "recalled")]
    return OfLetters(
        [ASKER], dict.fromkeys(ASKER.pairs), frozenset({OTHER}), as_navs(record, [ASKER]), told_of, NAV_SEED
    )


@pytest.mark.parametrize("word", ENDS)
def test_a_run_in_which_all_went_well_has_no_findings_however_a_letter_ends(word: str):
    types = [type.removeprefix("delivery.") for type in sorted(ENDS[word], reverse=True)]

    assert numbers(ledger(word, told(FIRST, "sent", *types))) == (0, 0, 0, 0)


@pytest.mark.parametrize("word", ["AVVIST", "IKKE_LEVERT"])
def test_of_a_recall_that_never_got_there_somebody_must_be_told(word: str):
    sent = told(FIRST, "sent", "received")
    stopped = told(NEXT, "parked", code="recall_refused")

    assert numbers(ledger("LEST", [*sent, *stopped], recall=word)) == (0, 0, 0, 0)
    assert numbers(ledger("LEST", sent, recall=word)) == (1, 0, 0, 0)
    assert numbers(ledger("LEST", [*sent, *stopped])) == (0, 1, 0, 0)


def sound() -> OfLetters:
    return ledger("LEST", told(FIRST, "sent", "received"))


def without(good: OfLetters, pair: Pair, type: str) -> list[Told]:
    return [each for each in good.told if (each.pair, each.type) != (pair, f"delivery.{type}")]


@pytest.mark.parametrize(
    ("spoilt", "column"),
    [
        (lambda good: again(good, record=[*good.record, *as_navs([line(call_key(*FIRST), "d")], [ASKER])]), 1),
        (lambda good: again(good, record=good.record[1:]), 0),
        (lambda good: again(good, told=without(good, FIRST, "received")), 0),
        (lambda good: again(good, told=[*good.told, *told(FIRST, "parked", code="letter_refused")]), 1),
        (lambda good: again(good, told=[*good.told, *told(FIRST, "sent")]), 1),
        (lambda good: again(good, record=good.record[:2]), 1),
        (lambda good: again(good, told=without(good, NEXT, "recalled")), 0),
        (lambda good: again(good, record=good.record[:2], told=without(good, NEXT, "recalled")), 0),
        (lambda good: again(good, record=[*good.record, good.record[2]]), 1),
    ],
    ids=[
        "a second letter under another id",
        "never sent",
        "read, and never told",
        "told as stopped, and it was read",
        "told twice",
        "told as recalled, and no letter said so",
        "recalled, and never told",
        "withdrawn, and never recalled",
        "recalled by two letters",
    ],
)
def test_what_went_wrong_is_found(spoilt: Callable[[Any], Any], column: int):
    assert numbers(spoilt(sound()))[column]


def test_a_letter_that_nobody_asked_for_cannot_be_told_as_anything():
    with pytest.raises(KeyError):
        as_navs([line(uuid5(NAMESPACE_OID, "nobody"), "e")], [ASKER])
