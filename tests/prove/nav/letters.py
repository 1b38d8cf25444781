"""Letters over a misbehaving SvarUt: its simulator, and its record in the words of NAV's.

Of a letter SvarUt brings back that it was read, or that it came to nothing, and no outcome: what NAV answers a person
enters.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from demo.local.platform import Platform
from demo.svarut_simulator import SvarUt
from demo.svarut_simulator.svarut import Letter
from tests.e2e.counting import Count
from tests.e2e.svarut import MUNICIPALITY, a_svarut
from tests.prove.nav.asking import Asker, Pair, askers
from tests.prove.nav.judging import Ledger, Line
from tests.prove.nav.scene import HANGS, NAV_TIMEOUT, Simulator, Way

# On its way, in doubt, or asked after still: what a letter that is read or printed is not any more.
UNENDED = """
select (select count(*) from deliveries where status in ('requested', 'sending', 'uncertain', 'recalling'))
     + (select count(*) from timers where starts_with(name, 'poll:')) as n
"""
# What is told of a letter in the end, by how it ends at SvarUt.
ENDS = {
    "LEST": {"delivery.received"},
    "PRINTET": set[str](),
    "AVVIST": {"delivery.parked"},
    "IKKE_LEVERT": {"delivery.parked"},
}


def svarut_simulator(platform: Platform, seed: int) -> Simulator:
    svarut = a_svarut(platform, platform.folder, "--seed", str(seed), "--hang-seconds", HANGS)
    told = {**svarut.environment, "SVARUT_TIMEOUT_SECONDS": str(NAV_TIMEOUT)}
    return Simulator(svarut.url, svarut.record, told)


def as_navs(lines: Sequence[Line], cases: Sequence[Asker]) -> list[Line]:
    """SvarUt's record, with the letters told as what they are of: a referral or notice, or its recall."""
    sent, recalls = dict[str, dict[str, Any]](), dict[str, str]()
    for asker in cases:
        for pair in asker.pairs:
            key = str(uuid5(UUID(pair.referral), str(pair.revision)))
            sent[key] = {"referral": pair.referral, "revision": pair.revision, "matter": asker.matter, "key": key}
            recalls[str(uuid5(UUID(key), "recall"))] = key
    return list(_told(lines, sent, recalls))


def _told(lines: Sequence[Line], sent: dict[str, dict[str, Any]], recalls: dict[str, str]) -> Iterator[Line]:
    for line in lines:
        of = line.get("reference")
        if line["what"] == "accepted" and of in recalls:
            yield {**line, "what": "recalled", "key": recalls[of], "letter": line["key"]}
        elif line["what"] == "accepted":
            yield {**line, "letter": line["key"], **sent[str(of)]}
        elif line["what"] == "invalid":
            yield {**line, "fields": line["code"]}
        else:
            yield line


class OfLetters(Ledger):
    """SvarUt's own record against what was asked, and what the bridge told of each letter against its end there."""

    def _of(self, asker: Asker, pair: Pair) -> Count:
        if pair not in self.accepted:
            return super()._of(asker, pair)
        types, line, allowed = self.types(pair), self.accepted[pair], set[str]()
        needed = {"delivery.sent"}
        if line["key"] in self._let_be:
            needed, allowed = needed | {"delivery.recalled"}, {"delivery.received"}
            needed |= ENDS[self.end(self._recall_of(line))] - allowed
        else:
            needed |= ENDS[self.end(line)]
            failed = "delivery.parked" in needed
            if pair.referral in self.taken_back:
                needed |= {"delivery.rejected" if failed else "delivery.recalled"}
        found = Count(doubled=[f"{pair}: {type} {times} times" for type, times in types.items() if times > 1])
        found.lost += [f"{pair}: no {type}" for type in sorted(needed - types.keys())]
        found.doubled += [f"{pair}: {type}, which isn't so" for type in sorted(types.keys() - needed - allowed)]
        return found

    def on_nav(self) -> Count:
        """A recall is a letter too."""
        recalls = Counter(line["key"] for line in self._lines("recalled"))
        twice = [f"{key} was recalled by {times} letters" for key, times in recalls.items() if times > 1]
        return super().on_nav() + Count(doubled=twice)

    def _recall_of(self, line: Line) -> Line:
        """The letter that recalls it, which is followed as well."""
        return next(each for each in self._lines("recalled") if each["key"] == line["key"])

    def end(self, line: Line) -> str:
        """SvarUt's last word of it, drawn again by the simulator's own rule."""
        at = datetime.fromisoformat(line["time"])
        return SvarUt({}, seed=self.nav_seed).fate(Letter(line["letter"], "", "", "", "", "", at))[0]


BY_LETTER = Way(svarut_simulator, partial(askers, municipalities=(MUNICIPALITY,)), UNENDED, as_navs, OfLetters)
