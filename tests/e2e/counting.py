"""The ledger that counts what became of the input: lost, doubled, reordered per key, stuck.

Standard library alone: it shares no code with what it judges, not even a name of a type. Expectations come from what
was put in; what was seen comes from the wire, from the tables that people are shown, and from NAV's own record.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Seen:
    """One record on the wire. `sequence` counts the events of one source about one subject on one topic, from 1."""

    topic: str
    partition: int
    source: str
    subject: str
    id: str
    sequence: int
    fact: Hashable = None


@dataclass(slots=True)
class Count:
    """Each a sentence per finding, so that a failure can be looked into."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    reordered: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)

    def __add__(self, other: "Count") -> "Count":
        return Count(
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.reordered + other.reordered,
            self.stuck + other.stuck,
        )

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        return len(self.lost), len(self.doubled), len(self.reordered), len(self.stuck)

    @property
    def findings(self) -> list[str]:
        return [*self.lost, *self.doubled, *self.reordered, *self.stuck]


def first_occurrences(records: Iterable[Seen]) -> list[Seen]:
    """Records come at least once on the wire: the first of each id counts."""
    known: dict[str, Seen] = {}
    for record in records:
        known.setdefault(record.id, record)
    return list(known.values())


def on_the_wire(records: Iterable[Seen]) -> Count:
    """By the sequence that each record carries. `records`: in the order of their partitions.

    An event that comes again may have a higher number, as a restored writer goes on above what it had sent: that
    number is lacking nowhere.
    """
    found, keys = Count(), defaultdict[tuple[str, str, str], list[Seen]](list)
    partitions = defaultdict[tuple[str, str], set[int]](set)
    records = list(records)
    there = {(record.topic, record.source, record.subject, record.sequence) for record in records}
    for record in first_occurrences(records):
        keys[record.topic, record.source, record.subject].append(record)
        partitions[record.topic, record.subject].add(record.partition)
    for key, several in partitions.items():
        if len(several) > 1:
            found.reordered.append(f"{key} stands on {len(several)} partitions")
    for key, of_key in keys.items():
        numbers = Counter(record.sequence for record in of_key)
        found.lost += [f"{key} lacks number {n}" for n in range(1, max(numbers)) if (*key, n) not in there]
        found.doubled += [f"{key} has number {n} {times} times" for n, times in numbers.items() if times > 1]
        highest = 0
        for record in of_key:
            if record.sequence < highest:
                found.reordered.append(f"{key} has number {record.sequence} after {highest}")
            highest = max(highest, record.sequence)
    return found


def event_log(rows: Iterable[tuple[str, str, int, int | None]]) -> Count:
    """Topic, key, sequence and position of what a service has sent, by position: its own record of the order."""
    found, highest = Count(), defaultdict[tuple[str, str], int](int)
    for topic, key, sequence, position in rows:
        if position is None:
            found.stuck.append(f"({topic}, {key}) number {sequence} has no position")
        elif sequence == highest[topic, key]:
            found.doubled.append(f"({topic}, {key}) number {sequence} stands twice in the event log")
        elif sequence < highest[topic, key]:
            found.reordered.append(f"({topic}, {key}) number {sequence} after {highest[topic, key]} in the event log")
        highest[topic, key] = max(highest[topic, key], sequence)
    return found


def facts(expected: Mapping[tuple[str, str], Sequence[Hashable]], records: Iterable[Seen]) -> Count:
    """What was to be told of each subject on each topic, in that order, against what was told first."""
    found, told = Count(), defaultdict[tuple[str, str], list[Hashable]](list)
    for record in first_occurrences(records):
        told[record.topic, record.subject].append(record.fact)
    for key, wanted in expected.items():
        given = told[key]
        lacking, surplus = Counter(wanted) - Counter(given), Counter(given) - Counter(wanted)
        found.lost += [f"{key}: {fact}" for fact in lacking.elements()]
        found.doubled += [f"{key}: {fact}" for fact in surplus.elements()]
        if not lacking and not surplus:
            pairs = zip(given, wanted, strict=True)
            found.reordered += [f"{key}: {one} in the place of {other}" for one, other in pairs if one != other]
    return found


@dataclass(frozen=True, slots=True)
class Money:
    """One line of a rent account, in øre: an invoice adds, a payment takes away. `counts_from`: due or booking day."""

    ore: int
    counts_from: date


def outstanding(lines: Iterable[Money], day: date) -> int:
    return sum(line.ore for line in lines if line.counts_from < day)


def money(lines: Mapping[str, Sequence[Money]], closes: Sequence[date], shown: Mapping[tuple[str, date], int]) -> Count:
    """What each tenancy owes at each close. A difference of one line's amount tells which way it went wrong."""
    found = Count()
    for tenancy, of_tenancy in lines.items():
        amounts = {line.ore for line in of_tenancy}
        for day in closes:
            if (ore := shown.get((tenancy, day))) is None:
                found.lost.append(f"{tenancy} has no close of {day}")
            elif difference := ore - outstanding(of_tenancy, day):
                where = found.doubled if difference in amounts else found.lost
                where.append(f"{tenancy} is {difference} øre off at {day}")
    surplus = {tenancy for tenancy, day in shown if tenancy in lines and day not in closes}
    found.doubled += [f"{tenancy} has a close that nobody made" for tenancy in surplus]
    return found


def last_words(expected: Mapping[str, Any], shown: Mapping[str, Any], former: Mapping[str, Sequence[Any]]) -> Count:
    """What was said last must stand. An earlier word that stands in its place came after it."""
    found = Count()
    for key, word in expected.items():
        if key not in shown:
            found.lost.append(f"{key} is not there")
        elif shown[key] != word:
            where = found.reordered if shown[key] in former.get(key, ()) else found.lost
            where.append(f"{key} says {shown[key]}, not {word}")
    return found


def once_each(expected: Iterable[Hashable], shown: Iterable[Hashable], what: str) -> Count:
    """Each is there, and once."""
    numbers = Counter(shown)
    wanted = set(expected)
    return Count(
        lost=[f"{what} of {each} is not there" for each in wanted if each not in numbers],
        doubled=[f"{what} of {each} is there {times} times" for each, times in numbers.items() if times > 1]
        + [f"{what} of {each}, who has none" for each in numbers.keys() - wanted],
    )


def nav(record: Iterable[Mapping[str, Any]], expected: Iterable[str]) -> Count:
    """NAV's own record against the referrals that were to reach it, each in its first revision."""
    accepted = [(line["referral"], line["revision"], line["key"]) for line in record if line["what"] == "accepted"]
    found = once_each(expected, [referral for referral, _, _ in accepted], "NAV's accept")
    keys = Counter(key for _, _, key in accepted)
    found.doubled += [f"key {key} was accepted {times} times" for key, times in keys.items() if times > 1]
    found.doubled += [f"key {line['key']} came with another body" for line in record if line["what"] == "conflict"]
    newest: dict[str, int] = {}
    for referral, revision, _ in accepted:
        if revision < newest.get(referral, 0):
            found.reordered.append(f"{referral} revision {revision} after {newest[referral]}")
        newest[referral] = max(revision, newest.get(referral, 0))
    return found


def waits(left: Mapping[str, int]) -> Count:
    return Count(stuck=[f"{where}: {number} waits" for where, number in left.items() for _ in range(number)])


def table(counts: Mapping[str, Count]) -> str:
    lines = [f"{'':<16}{'lost':>8}{'doubled':>10}{'reordered':>12}{'stuck':>8}"]
    for where, count in counts.items():
        lost, doubled, reordered, stuck = count.numbers
        lines.append(f"{where:<16}{lost:>8}{doubled:>10}{reordered:>12}{stuck:>8}")
    return "\n".join(lines)
