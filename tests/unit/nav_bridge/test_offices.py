"""Which office takes a municipality's letters: data that is checked whole before anything is sent."""

import pytest

from nav_bridge.translation.offices import Office, letters, offices

GOOD = {
    "sender": "Tynset kommune",
    "office": "NAV Tynset",
    "organisation": "974760673",
    "address": "Oppdiktet torg 1",
    "postcode": "2500",
    "place": "Tynset",
}


def written(folder, kommunenummer="3427", **changes):
    lines = [f'{name} = "{value}"' for name, value in (GOOD | changes).items() if value is not None]
    (folder / "letters.toml").write_text("\n".join([f"[{kommunenummer}]", *lines]), encoding="utf-8")
    return folder / "letters.toml"


def test_an_office_is_told_by_the_municipality_that_it_serves(tmp_path):
    assert letters(written(tmp_path)) == {"3427": Office(**GOOD)}


@pytest.mark.parametrize(
    "changes",
    [
        {"organisation": "974760674"},
        {"organisation": ""},
        {"postcode": "250"},
        {"office": " "},
        {"sender": ""},
        {"place": None},
        {"merknad": "x"},
    ],
)
def test_an_office_that_no_letter_could_reach_is_not_taken(tmp_path, changes):
    with pytest.raises(ValueError, match=r"letters\.toml"):
        letters(written(tmp_path, **changes))


def test_what_is_no_kommunenummer_is_not_taken(tmp_path):
    with pytest.raises(ValueError, match="'427'"):
        letters(written(tmp_path, kommunenummer="427"))


def test_what_ships_with_the_service_is_fit_and_switches_nobody_over():
    assert letters() == {}
    assert set(offices()) == {"3427", "5027"}
