"""The ledger: NAV's own record against what was asked, and what the bridge told against NAV's record.

It shares no code with the bridge. What NAV decided is drawn again by the simulator's own rule, from its seed and key.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from demo.nav_simulator import Nav
from demo.nav_simulator.nav import Accepted
from tests.e2e.counting import Count
from tests.prove.nav.asking import Asker, Pair

# NAV's words for what it decided, in the words that the bridge tells them in.
WORDS = {
    "INNVILGET": "granted",
    "AVSLÅTT": "refused",
    "TRUKKET": "withdrawn",
    "UTLØPT": "expired",
    "KONTAKTET": "contacted",
}
Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One event of the bridge's about a pair, the first time that it stood on Kafka."""

    pair: Pair
    type: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Ledger:
    """`asked`: what was asked in fact, and `taken_back` in fact: a run that was cut short does less."""

    askers: Sequence[Asker]
    asked: Mapping[Pair, Any]
    taken_back: frozenset[str]
    record: Sequence[Line]
    told: Sequence[Told]
    nav_seed: int
    accepted: dict[Pair, Line] = field(default_factory=dict)
    _let_be: set[str] = field(default_factory=set)
    _told: dict[Pair, list[Told]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for line in self.record:
            if line["what"] == "accepted":
                self.accepted.setdefault(Pair(line["referral"], line["revision"]), line)
        self._let_be = {line["key"] for line in self._lines("recalled")}
        for told in self.told:
            self._told[told.pair].append(told)

    def counts(self) -> dict[str, Count]:
        return {"NAV's record": self.on_nav(), "order per case": self.in_order(), "what was told": self.on_told()}

    def on_nav(self) -> Count:
        """Each is accepted once under its key; none but what was superseded or withdrawn in time is missing."""
        keys = Counter(line["key"] for line in self.record if line["what"] == "accepted")
        pairs = Counter((line["referral"], line["revision"]) for line in self.record if line["what"] == "accepted")
        found = Count()
        found.doubled += [f"key {key} was accepted {times} times" for key, times in keys.items() if times > 1]
        found.doubled += [f"{pair} was accepted {times} times" for pair, times in pairs.items() if times > 1]
        found.doubled += [f"key {each['key']} came with another body" for each in self._lines("conflict")]
        found.doubled += [f"{pair} was accepted, and nobody asked" for pair in self.accepted if pair not in self.asked]
        found.lost += [f"NAV found {each['fields']} wrong with {each['key']}" for each in self._lines("invalid")]
        for asker in self.askers:
            for pair in asker.pairs:
                if pair in self.asked and pair not in self.accepted and not self._excused(asker, pair):
                    found.lost.append(f"NAV never got {pair}")
        return found

    def in_order(self) -> Count:
        """NAV gets what one case asks for in the order that it asked."""
        places = {pair: place for place, pair in enumerate(self.accepted)}
        found = Count()
        for asker in self.askers:
            there = [places[pair] for pair in asker.pairs if pair in places]
            if there != sorted(there):
                found.reordered.append(f"{asker.id}: NAV got them as {there}")
        return found

    def on_told(self) -> Count:
        found = Count()
        for asker in self.askers:
            for pair in asker.pairs:
                if pair in self.asked:
                    found += self._of(asker, pair)
        found.doubled += [f"{pair} was told of, and nobody asked" for pair in self._told if pair not in self.asked]
        return found

    def _of(self, asker: Asker, pair: Pair) -> Count:
        types = self.types(pair)
        found = Count(doubled=[f"{pair}: {type} {times} times" for type, times in types.items() if times > 1])
        ends = types.keys() & {"delivery.outcome", "delivery.rejected", "delivery.recalled"}
        if "delivery.parked" in types or not ends:
            found.stuck.append(f"{pair}: {dict(types)}")
        if pair not in self.accepted:
            found.doubled += [f"{pair}: {type}, and NAV has none" for type in types if type != "delivery.rejected"]
            return found
        found.lost += [f"{pair}: no {t}" for t in ("delivery.sent", "delivery.received") if t not in types]
        wanted = self._wanted(asker, pair)
        if "delivery.recalled" in ends and wanted in {"", "withdrawn"}:
            return found
        given = [told.data.get("outcome", told.type) for told in self._told[pair] if told.type in ends]
        found.lost += [] if given == [wanted] else [f"{pair}: told {given}, NAV decided {wanted or 'to let it be'}"]
        return found

    def types(self, pair: Pair) -> Counter[str]:
        """What was told of it, and how often."""
        return Counter(told.type for told in self._told[pair])

    def _wanted(self, asker: Asker, pair: Pair) -> str:
        """What NAV decided; nothing where it let it be. It may have withdrawn by itself what it was to let be."""
        line = self.accepted[pair]
        if line["key"] in self._let_be:
            return ""
        at = datetime.fromisoformat(line["time"])
        of = Accepted(UUID(line["key"]), line["body_sha256"], *pair, at, asker.matter)
        return WORDS[Nav(seed=self.nav_seed).outcome(of)[0]]

    def _excused(self, asker: Asker, pair: Pair) -> bool:
        """It was told as refused by its owner's door, and rightly: a newer one was asked for, or it was withdrawn."""
        codes = [told.data["code"] for told in self._told[pair] if told.type == "delivery.rejected"]
        newer = any(each in self.asked for each in asker.newer(pair))
        allowed = {"superseded"} if newer else set()
        allowed |= {"withdrawn"} if pair.referral in self.taken_back else set()
        return bool(codes) and allowed.issuperset(codes)

    def _lines(self, what: str) -> Iterable[Line]:
        return (line for line in self.record if line["what"] == what)
