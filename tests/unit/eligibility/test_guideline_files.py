"""Guidelines are data: a policy owner can read them, a slip is caught at start, a new municipality is a new file."""

from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from eligibility.domain.assessment import assess
from eligibility.domain.guideline import Guideline
from eligibility.domain.policy import ABSENCES, Absence, guideline_for
from eligibility.translation.guideline_file import Fault, guideline
from eligibility.translation.policy_files import policy, policy_in
from tests.unit.eligibility.given import MIDTRE_GAULDAL, RECEIVED, TYNSET, the_guideline

SMALL = """
kommunenummer = "1804"
dwelling_type = "gjennomgangsbolig"
version = "1804-gjennomgangsbolig-1"
title = "Retningslinjer"
valid_from = 2015-01-01
valid_until = 2020-12-31
scope = "OMR"
combination = { all = ["A", { any = ["B", "C"] }] }

[[criteria]]
id = "OMR"
strength = "HARD"
kind = "scope"
paragraph = "§ 1"
lines = [1]
quotation = "Gjelder leie."
question = "Gjelder det leie?"

[[criteria]]
id = "A"
strength = "MAIN"
kind = "requirement"
paragraph = "§ 2"
lines = [2, 3]
quotation = "Søker skal bo i kommunen."
question = "Bor søker i kommunen?"

[[criteria]]
id = "B"
strength = "HARD"
kind = "ground"
paragraph = "§ 3"
lines = [4]
quotation = "Uten bolig."
question = "Er søker uten bolig?"

[[criteria]]
id = "C"
strength = "HARD"
kind = "ground"
paragraph = "§ 3"
lines = [5]
quotation = "Oppsagt."
question = "Er søker sagt opp?"
valid_from = 2018-01-01
"""


def written(folder: Path, guideline: str = SMALL) -> Path:
    (folder / "guidelines").mkdir()
    (folder / "municipalities").mkdir()
    (folder / "guidelines" / "1804-gjennomgangsbolig-1.toml").write_text(guideline, encoding="utf-8")
    return folder


def small(folder: Path) -> Guideline:
    return policy_in(written(folder)).version("1804-gjennomgangsbolig-1")


def test_another_municipality_is_added_by_a_file_alone(tmp_path):
    added = small(tmp_path)

    assert assess(added, {"OMR": "yes", "A": "yes", "C": "yes"}, {}, date(2019, 1, 1)).overall == "candidate"
    assert added.find("A").citation == "§ 2, linje 2–3"


def test_a_criterion_stands_aside_on_days_when_it_was_not_in_force(tmp_path):
    answers = {"OMR": "yes", "A": "yes", "B": "no", "C": "yes"}
    added = small(tmp_path)

    before, after = assess(added, answers, {}, date(2017, 12, 31)), assess(added, answers, {}, date(2018, 1, 1))

    assert (before.overall, after.overall) == ("not_candidate", "candidate")
    assert "C" not in before.results


def test_an_application_is_judged_by_the_guideline_of_the_day_it_was_received(tmp_path):
    found = policy_in(written(tmp_path))

    def on(day):
        return guideline_for(found, "1804", "kommunal_bolig", "gjennomgangsbolig", day)

    assert on(date(2020, 12, 31)) == found.guidelines[0]
    assert on(date(2021, 1, 1)) == on(date(2014, 12, 31)) == Absence("no_guideline_on_date")


def test_of_two_versions_in_force_the_newer_counts(tmp_path):
    folder = written(tmp_path)
    newer = SMALL.replace("gjennomgangsbolig-1", "gjennomgangsbolig-2").replace("2015-01-01", "2019-01-01")
    (folder / "guidelines" / "1804-gjennomgangsbolig-2.toml").write_text(newer, encoding="utf-8")

    found = guideline_for(policy_in(folder), "1804", "kommunal_bolig", "gjennomgangsbolig", date(2019, 6, 1))

    assert found.version == "1804-gjennomgangsbolig-2"


@pytest.mark.parametrize(
    ("slip", "instead", "told"),
    [
        ('any = ["B", "C"]', 'any = ["B", "D"]', "D finnes ikke"),
        ('any = ["B", "C"]', 'any = ["B"]', "C er ground, men står ikke i combination"),
        ('id = "C"', 'id = "B"', "B står to ganger"),
        ('strength = "MAIN"', 'strength = "MAY"', "A er MAY requirement og kan ikke avgjøre"),
        ('strength = "MAIN"', 'strength = "MUST"', "A har ukjent kind eller strength"),
        ('kind = "requirement"', 'kind = "duty"', "A er MAIN duty og kan ikke avgjøre"),
        ('quotation = "Oppsagt."', 'quotation = ""', "C mangler linje, sitat eller spørsmål"),
        ("lines = [5]", "lines = []", "C mangler linje, sitat eller spørsmål"),
        ('question = "Er søker sagt opp?"', 'question = "?"\nexception = "C"', "C viser til seg selv"),
        ("2020-12-31", "2014-12-31", "valid_until er før valid_from"),
        ('title = "Retningslinjer"', 'title = "R"\nvaild_from = 2015-01-01', "ukjent felt vaild_from"),
        ('scope = "OMR"', "scope = 1", "et uttrykk må være"),
        ('any = ["B", "C"]', "any = []", "et uttrykk må være"),
        ('question = "Er søker uten bolig?"', 'spm = "Er søker uten bolig?"', "spm"),
        ('question = "Er søker uten bolig?"', "question =", r"1804-gjennomgangsbolig-1\.toml"),
        ('version = "1804-gjennomgangsbolig-1"', "", "version"),
    ],
)
def test_a_slip_in_the_file_is_named_and_stops_the_service(tmp_path, slip, instead, told):
    assert SMALL.count(slip) == 1

    with pytest.raises(Fault, match=told):
        policy_in(written(tmp_path, SMALL.replace(slip, instead)))


def test_two_files_cannot_be_the_same_version(tmp_path):
    folder = written(tmp_path)
    (folder / "guidelines" / "copy.toml").write_text(SMALL, encoding="utf-8")

    with pytest.raises(Fault, match="samme version"):
        policy_in(folder)


def test_a_municipality_file_without_a_deciding_body_is_refused(tmp_path):
    folder = written(tmp_path)
    (folder / "municipalities" / "1804.toml").write_text('kommunenummer = "1804"\nname = "Bodø"', encoding="utf-8")

    with pytest.raises(Fault, match=r"1804\.toml"):
        policy_in(folder)


def test_every_file_is_named_after_what_it_holds():
    def names(folder):
        return {file.name for file in (files("eligibility") / folder).iterdir()}

    assert names("guidelines") == {f"{one.version}.toml" for one in policy().guidelines}
    assert names("municipalities") == {f"{kommunenummer}.toml" for kommunenummer in policy().municipalities}


def test_midtre_gauldals_guideline_holds_every_rule_of_its_text():
    gjennomgangsbolig = {f"GB-{number:02}" for number in range(1, 20)}

    held = {one.id for one in the_guideline().criteria}

    assert held == gjennomgangsbolig | {"SCOPE", "GEN-01", "GEN-02", "GB-T1", "GB-02x", "GB-10x", "GB-17x"}


def test_every_criterion_quotes_its_words_with_paragraph_and_line():
    for one in the_guideline().criteria:
        assert one.quotation == " ".join(one.quotation.split())
        assert one.citation.startswith(one.paragraph)
        assert all(13 <= line <= 122 for line in one.lines)
        assert one.question.endswith("?")


@pytest.mark.parametrize(
    ("kommunenummer", "application_type", "dwelling_type", "code"),
    [
        (TYNSET, "kommunal_bolig", "gjennomgangsbolig", "no_guideline_for_municipality"),
        (MIDTRE_GAULDAL, "kommunal_bolig", "omsorgsbolig", "not_gjennomgangsbolig"),
        (MIDTRE_GAULDAL, "kommunal_bolig", None, "not_gjennomgangsbolig"),
        (MIDTRE_GAULDAL, "startlan", None, "financing_is_navs"),
        (TYNSET, "tilskudd", None, "financing_is_navs"),
    ],
)
def test_an_application_without_an_assessment_says_why(kommunenummer, application_type, dwelling_type, code):
    found = guideline_for(policy(), kommunenummer, application_type, dwelling_type, RECEIVED)

    assert found == Absence(code)
    assert found.sentence == ABSENCES[code]


def test_an_expression_knows_five_forms_and_no_sixth():
    with pytest.raises(Fault):
        guideline({"kommunenummer": "1", "dwelling_type": "x", "version": "1", "title": "", "scope": {"one_of": ["A"]}})
