"""The staff register as a file: a member a line, with the columns named in the first; in whole or not at all."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from notifications.domain.staff import Absence, Member, Register
from notifications.messages import StaffMember
from notifications.messages.staff import MOST_MEMBERS
from notifications.translation.ledger_file import BadLine
from notifications.translation.tables import rows, table

COLUMNS: Mapping[str, str] = {
    "subject": "Bruker-id",
    "name": "Navn",
    "mail": "E-post",
    "roles": "Roller",
    "area": "Område",
    "substitute": "Vikar",
    "absences": "Fravær",
}
NEEDED = ("subject", "name", "mail", "roles")
FAULTS: Mapping[str, str] = {
    "subject": "Bruker-id mangler, eller har tegn som ikke kan brukes.",
    "name": "Navnet mangler, eller er lengre enn 80 tegn.",
    "mail": "E-postadressen er ikke gyldig.",
    "roles": "Rollene er av servicetorg, boligansvarlig, boligutvalg, vedtakskontor, okonomi og leder, delt med komma.",
    "area": "Området er høyst 60 tegn, uten komma.",
    "substitute": "Vikaren er en annens bruker-id.",
    "absences": "Fravær skrives som «01.07.2019 til 21.07.2019», flere med komma mellom.",
}
_DAY = r"(\d{4}-\d\d-\d\d|\d\d?\.\d\d?\.\d{4})"
_AWAY = re.compile(rf"{_DAY}(?:\s*(?:til|–|-)\s*{_DAY})?")


def read_staff(content: bytes) -> tuple[tuple[StaffMember, ...], list[BadLine]]:
    """The members, and what is wrong by line; where anything is, nothing of it may be stored."""
    bad: list[BadLine] = []
    found: list[tuple[int, StaffMember]] = []
    number = 0
    try:
        lines = rows(content)
        number, heads = next(lines, (1, []))
        names, wrong = _columns(heads)
        if wrong:
            return (), [BadLine(number, wrong)]
        for number, cells in lines:
            given = dict(zip(names, cells, strict=False))
            if len(cells) > len(names):
                bad.append(BadLine(number, "Linjen har flere felt enn første linje har kolonner."))
            elif faults := faults_of(given):
                bad += [BadLine(number, each) for each in faults]
            else:
                found.append((number, member(given)))
    except csv.Error:
        return (), [*bad, BadLine(number + 1, "Linjen kan ikke leses: anførselstegn eller tegnsett er feil.")]
    if not found and not bad:
        bad.append(BadLine(number, "Filen har ingen ansatte."))
    if len(found) > MOST_MEMBERS:
        bad.append(BadLine(found[MOST_MEMBERS][0], f"Registeret har plass til {MOST_MEMBERS} ansatte."))
    bad += _faults_together(found)
    return tuple(each for _, each in found), sorted(bad, key=lambda each: each.number)


def _columns(heads: Sequence[str]) -> tuple[list[str], str]:
    """The fields in the file's order; or what is wrong with its first line."""
    known = {name.casefold(): field for field, name in COLUMNS.items()}
    names = [known.get(head.casefold(), "") for head in heads]
    if "" in names or len(set(names)) < len(names) or not names:
        return [], f"Første linje skal ha kolonnene {'; '.join(COLUMNS.values())}, hver høyst én gang."
    if lacking := [COLUMNS[field] for field in NEEDED if field not in names]:
        return [], f"Kolonner mangler: {', '.join(lacking)}."
    return names, ""


def _faults_together(found: Iterable[tuple[int, StaffMember]]) -> list[BadLine]:
    """What is wrong with the lines as a register, at the last line that it is of."""
    numbers = {each.subject: number for number, each in found}
    register = Register(tuple(member_of(each) for _, each in found))
    return [BadLine(numbers[fault.subject], fault.sentence) for fault in register.faults()]


def faults_of(given: Mapping[str, str]) -> list[str]:
    """What is wrong with a member's texts, a sentence for each field."""
    try:
        member(given)
    except ValidationError as error:
        fields = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
        return [FAULTS[field] for field in COLUMNS if field in fields]
    return []


def member(given: Mapping[str, str]) -> StaffMember:
    """Of texts by field, as a file's cells and a form's fields hold them. Raises ValidationError."""
    fields: dict[str, Any] = dict(given)
    fields["roles"] = tuple(dict.fromkeys(_parted(given.get("roles", "").casefold().replace("ø", "o"))))
    fields["absences"] = tuple(map(_away, _parted(given.get("absences", ""))))
    return StaffMember.model_validate(fields)


def _parted(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]


def _away(text: str) -> Mapping[str, Any]:
    """One day, or from and to. What isn't that is left for the validation to refuse."""
    if not (found := _AWAY.fullmatch(text)):
        return {}
    return {"first": _day(found[1]), "last": _day(found[2] or found[1])}


def _day(text: str) -> date | None:
    try:
        form = "%d.%m.%Y" if "." in text else "%Y-%m-%d"
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        return None


def member_of(told: StaffMember) -> Member:
    return Member(
        subject=told.subject,
        name=told.name,
        mail=told.mail,
        roles=told.roles,
        area=told.area,
        substitute=told.substitute,
        absences=tuple(Absence(away.first, away.last) for away in told.absences),
    )


def write_staff(register: Register) -> str:
    """What `read_staff` reads."""
    return table([list(COLUMNS.values()), *(list(texts(each).values()) for each in register.members)])


def texts(member: Member) -> dict[str, str]:
    """By field, as `member` takes them."""
    return {
        "subject": member.subject,
        "name": member.name,
        "mail": member.mail,
        "roles": ", ".join(member.roles),
        "area": member.area,
        "substitute": member.substitute,
        "absences": ", ".join(_written(absence) for absence in member.absences),
    }


def _written(absence: Absence) -> str:
    first, last = f"{absence.first:%d.%m.%Y}", f"{absence.last:%d.%m.%Y}"
    return first if first == last else f"{first} til {last}"
