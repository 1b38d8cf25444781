"""Identity at rest: sealed, bound to its person, and of no use without the key."""

import re

import pytest
from cryptography.exceptions import InvalidTag

from chassis.settings import SettingsError
from intake.domain.people import Identity
from intake.gateway import IdentityVault

VAULT = IdentityVault(b"a secret of at least thirty-two bytes")
KARI = Identity("20914695016", "Kari Prøve", "Prøvegata 1", "+47 99 99 99 99", "kari@example.org")


def test_what_is_sealed_is_opened_again():
    assert VAULT.unseal("p", VAULT.seal("p", KARI)) == KARI


def test_the_sealed_text_shows_nothing():
    sealed = VAULT.seal("p", KARI)

    assert not any(word in sealed for word in ("20914695016", "Kari", "example"))


def test_the_same_identity_is_sealed_the_same_and_another_differently():
    assert VAULT.seal("p", KARI) == VAULT.seal("p", KARI)
    assert VAULT.seal("p", KARI)[:16] != VAULT.seal("q", KARI)[:16] != VAULT.seal("p", Identity("20914695016"))[:16]


def test_a_seal_moved_to_another_person_does_not_open():
    with pytest.raises(InvalidTag):
        VAULT.unseal("q", VAULT.seal("p", KARI))


def test_another_key_opens_nothing():
    with pytest.raises(InvalidTag):
        IdentityVault(b"another secret of thirty-two bytes").unseal("p", VAULT.seal("p", KARI))


def test_an_opaque_id_is_a_uuid_the_same_each_time_and_another_for_anything_else():
    ids = {
        VAULT.opaque("person", "3427", "20914695016"),
        VAULT.opaque("person", "3427", "20914695016"),
        VAULT.opaque("person", "5027", "20914695016"),
        VAULT.opaque("tenancy", "3427", "20914695016"),
        VAULT.opaque("person", "34272", "0914695016"),
        IdentityVault(b"another secret of thirty-two bytes").opaque("person", "3427", "20914695016"),
    }

    assert len(ids) == 5
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", id) for id in ids)


def test_an_identity_does_not_show_itself_in_a_log_line():
    assert repr(KARI) == "Identity()"


def test_a_short_key_is_refused_without_being_quoted(tmp_path):
    path = tmp_path / "key"
    path.write_text("hemmelig")

    with pytest.raises(SettingsError) as refused:
        IdentityVault.from_file(path)
    assert "hemmelig" not in str(refused.value)
