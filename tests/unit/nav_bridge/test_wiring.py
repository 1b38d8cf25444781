import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nav_bridge
from nav_bridge import messages
from nav_bridge.domain import REJECTIONS
from nav_bridge.gateway.doors import NOT_SENT
from nav_bridge.handlers import HANDLERS, KINDS
from nav_bridge.messages import DeliveryOutcome
from nav_bridge.subscribers import READS, WRITES
from nav_bridge.translation import nav as words
from nav_bridge.translation import svarut

REFERRAL = "9e079f93-2a56-5924-a35b-80f17614c5e6"
ROOT = Path(str(nav_bridge.__file__)).parent


def types_in(topics: Iterable[Iterable[Any]]) -> list[str]:
    return [message.type for group in topics for message in group]


def test_every_message_that_is_read_or_set_has_a_handler() -> None:
    own = {
        c.type
        for c in vars(messages).values()
        if hasattr(c, "type") and c.type.startswith(("timer.", "tell.", "command."))
    }
    answers = {handler.on for handler in HANDLERS if handler.on.startswith("answered:")}
    assert {handler.on for handler in HANDLERS} == {*types_in(READS.values()), *own, *answers}


def test_every_event_of_the_service_is_wired_to_one_topic() -> None:
    written = types_in(WRITES.values())
    assert len(written) == len(set(written))
    assert set(KINDS) == {handler.kind for handler in HANDLERS}


def test_what_nav_refuses_in_known_words_can_be_put_right_and_what_we_withhold_cannot() -> None:
    assert set(words.REFUSALS.values()) - {"key_conflict"} == REJECTIONS - {"superseded", "withdrawn", "reserved"}
    assert not REJECTIONS & {*NOT_SENT.values(), "unknown_answer", "outcome_unknown", "referral_incomplete"}


def test_every_outcome_of_navs_is_one_that_the_event_knows() -> None:
    for outcome in words.OUTCOMES.values():
        DeliveryOutcome.model_validate({"referral_id": REFERRAL, "revision": 1, "outcome": outcome})
    assert len(set(words.OUTCOMES.values())) == len(words.OUTCOMES) == 6


def test_svaruts_own_words_stand_in_their_translation_alone() -> None:
    said = {*svarut.OPEN, svarut.READ, svarut.PRINTED, *svarut.FAILED} - words.OPEN
    said |= {"eksternReferanse", "startNyForsendelse", "sisteStatusEndring", "forsendelseIder", "taushetsbelagtPost"}
    pattern = re.compile("|".join(rf"\b{word}\b" for word in said))
    found = {file.name for file in ROOT.rglob("*.py") if pattern.search(file.read_text())}
    assert found - {"svarut.py"} == set()
    assert len(said) > 15


def test_navs_own_words_stand_in_gateway_and_translation_alone() -> None:
    tables = (words.REFUSALS, words.OUTCOMES, words.SCHEMES, words.LEGAL_BASES, words.ROLES)
    said = {*words.OPEN, *words.PURPOSES, *words.GROUNDS, words.NOT_FOUND}
    said |= {word for table in tables for pair in table.items() for word in pair if word.isupper()}
    pattern = re.compile("|".join(rf"\b{word}\b" for word in said))
    elsewhere = [file for file in ROOT.rglob("*.py") if "translation" not in file.parts and file.name != "gateway.py"]
    assert len(said) > 20
    assert [file.name for file in elsewhere if pattern.search(file.read_text())] == []
