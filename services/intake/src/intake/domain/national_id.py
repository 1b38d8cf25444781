"""Norwegian personal numbers: which kind, whether real or synthetic, and what birth date they tell.

python-stdnum refuses both Tenor's synthetic numbers (month +80) and the numbers given out from 2032, so this is ours.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["fnr", "dnr", "hnr", "fh", "duf"]

K1_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
K2_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
DUF_WEIGHTS = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)

SEPARATORS = re.compile(r"[\s.-]")
WRITTEN_IN_TEXT = re.compile(r"(?<![0-9])[0-9]{6}[ .-]?[0-9]{5}(?![0-9])")


@dataclass(frozen=True, slots=True)
class NationalId:
    """A valid number. `birth_date` is None where the number doesn't tell it, or not its century.

    A D-number's birth date may be the day of registration (Skatteetaten), so a stated one wins over it.
    """

    digits: str
    kind: Kind
    synthetic: bool = False
    birth_date: date | None = None


def classify(text: str) -> NationalId | None:
    """What the number is; None where it is no valid number of any kind."""
    digits = SEPARATORS.sub("", text)
    if not (digits.isascii() and digits.isdigit()):
        return None
    if len(digits) == 12:
        return NationalId(digits, "duf") if _valid_duf(digits) else None
    if len(digits) != 11 or not valid_checksum(digits):
        return None
    if digits[0] in "89":
        return NationalId(digits, "fh")
    return _with_birth_date(digits)


def is_synthetic(text: str) -> bool:
    """Whether it is one of Tenor's made-up people (month +80), who exist in no register but the test one."""
    found = classify(text)
    return found is not None and found.synthetic


def valid_checksum(digits: str, *, allow_2032: bool = True) -> bool:
    """Both check digits of eleven digits. Numbers from 1.1.2032 may leave 0, 1, 2 or 3 in the first."""
    first, second = _weighed(digits, K1_WEIGHTS) % 11, _weighed(digits, K2_WEIGHTS) % 11
    return second == 0 and first in ((0, 1, 2, 3) if allow_2032 else (0,))


def holds_birth_number(text: str) -> bool:
    """Whether a birth, D- or H-number, real or synthetic, stands anywhere in a text, with or without a separator.

    By today's check digits only: the wider rule of 2032 would take one in 170 KIDs of eleven digits for a person.
    """
    return any(_is_old_birth_number(found[0]) for found in WRITTEN_IN_TEXT.finditer(text))


def age_on(born: date, day: date) -> int:
    """Full years on that day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _is_old_birth_number(text: str) -> bool:
    digits = SEPARATORS.sub("", text)
    found = _with_birth_date(digits) if valid_checksum(digits, allow_2032=False) else None
    return found is not None and found.birth_date is not None


def _with_birth_date(digits: str) -> NationalId | None:
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    is_d_number, shift = day > 40, month // 40 * 40
    kind: Kind = "dnr" if is_d_number else "hnr" if shift == 40 else "fnr"
    day, month = day - 40 * is_d_number, month - shift
    if not _exists(2000 + year, month, day):  # 2000 is a leap year: the widest calendar for two digits
        return None
    century = _century(int(digits[6:9]), year) if valid_checksum(digits, allow_2032=False) else None
    born = date(century + year, month, day) if century and _exists(century + year, month, day) else None
    return NationalId(digits, kind, synthetic=shift == 80, birth_date=born)


def _century(individual: int, year: int) -> int | None:
    """By the series given out until 2031."""
    if individual < 500:
        return 1900
    if individual < 750 and year >= 54:
        return 1800
    if year < 40:
        return 2000
    return 1900 if individual >= 900 else None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _valid_duf(digits: str) -> bool:
    return _weighed(digits, DUF_WEIGHTS) % 11 == int(digits[10:])


def _weighed(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))
