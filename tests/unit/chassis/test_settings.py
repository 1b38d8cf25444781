import pytest

from chassis.settings import ServiceSettings, SettingsError, load
from tests.unit.chassis.web import environment

PRODUCTION = {"mode": "production", "public_url": "https://intake.test", "issuer_url": "https://issuer.test/kommune"}


@pytest.fixture
def given(tmp_path):
    return environment(tmp_path)


def sentence(**given) -> str:
    with pytest.raises(SettingsError) as refused:
        load(ServiceSettings, **given)
    return str(refused.value)


def test_a_service_names_itself_after_its_package(given):
    class Settings(ServiceSettings):
        __module__ = "nav_bridge.settings"

    for name in ("audience", "client_id"):
        del given[name]
    settings = load(Settings, **given)

    assert (settings.audience, settings.client_id, settings.kafka_username) == ("nav-bridge",) * 3


def test_settings_come_from_the_environment_in_capitals(given, monkeypatch):
    for name, value in given.items():
        monkeypatch.setenv(name.upper(), value)

    assert load(ServiceSettings).issuer_url == given["issuer_url"]


def test_everything_that_is_missing_or_wrong_is_named_in_one_sentence(given):
    for name in ("issuer_url", "database_url", "client_secret"):
        del given[name]
    said = sentence(**given | {"http_port": "hidden"})

    assert said.startswith("Tjenesten kan ikke starte: ")
    for part in ("DATABASE_URL mangler", "ISSUER_URL mangler", "CLIENT_SECRET mangler", "HTTP_PORT er ugyldig"):
        assert part in said
    assert "hidden" not in said
    assert "\n" not in said


def test_there_is_no_start_without_an_issuer(given):
    del given["issuer_url"]

    assert "ISSUER_URL mangler" in sentence(**given)


def test_the_default_is_the_strict_one(given):
    del given["mode"]
    settings = load(ServiceSettings, **given)

    assert (settings.mode, settings.kafka_security_protocol, settings.http_host) == (
        "production",
        "SASL_SSL",
        "127.0.0.1",
    )


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SSL"])
def test_kafka_is_never_met_without_a_password(given, protocol):
    assert "KAFKA_SECURITY_PROTOCOL er ugyldig" in sentence(**given | {"kafka_security_protocol": protocol})


@pytest.mark.parametrize("name", ["database_url", "pages_database_url"])
def test_an_address_that_is_no_databases_is_refused_and_not_quoted(given, name):
    said = sentence(**given | {name: "host=db password=hidden"})

    assert f"{name.upper()} er ugyldig" in said
    assert "hidden" not in said


@pytest.mark.parametrize(
    "change",
    [
        {"clock_start": "2019-05-01T08:00:00+02:00"},
        {"clock_since": "2019-05-01T08:00:00+02:00"},
        {"clock_speed": 60},
        {"issuer_url": "http://issuer.test"},
        {"public_url": "http://intake.test"},
    ],
    ids=str,
)
def test_production_refuses_a_moved_clock_and_plain_http(given, change):
    assert "MODE production krever" in sentence(**given | PRODUCTION | change)


def test_production_starts_with_what_it_asks_for(given):
    assert load(ServiceSettings, **given | PRODUCTION).mode == "production"


def test_a_clock_without_a_zone_is_refused(given):
    assert "CLOCK_START er ugyldig" in sentence(**given | {"clock_start": "2019-05-01T08:00:00"})


@pytest.fixture
def secret_files(given, tmp_path, monkeypatch):
    """Passwords and addresses with passwords in files of their names, and nowhere else."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    for name in ("kafka_password", "database_url", "client_secret"):
        (folder / name).write_text(f"{given.pop(name)}\n")
    monkeypatch.setenv("SECRETS_DIR", str(folder))
    return folder


def test_a_setting_may_be_in_a_file_of_its_name(given, secret_files):
    (secret_files / "kafka_password").write_text("from-a-file\n")

    assert load(ServiceSettings, **given).kafka_password.get_secret_value() == "from-a-file"


def test_the_environment_wins_over_a_file(given, secret_files, monkeypatch):
    monkeypatch.setenv("KAFKA_PASSWORD", "from-the-environment")

    assert load(ServiceSettings, **given).kafka_password.get_secret_value() == "from-the-environment"


def test_a_secret_file_that_is_not_there_is_named(given, secret_files):
    (secret_files / "client_secret").unlink()

    assert "CLIENT_SECRET mangler" in sentence(**given)


def test_a_short_session_secret_is_refused(given, tmp_path):
    (tmp_path / "session-secret").write_text("short")

    assert "SESSION_SECRET_FILE" in sentence(**given)


def test_settings_do_not_show_their_secrets_and_do_not_change(given):
    settings = load(ServiceSettings, **given)

    assert "hidden" not in repr(settings)
    assert "postgresql://" not in repr(settings)
    with pytest.raises(ValueError, match="frozen"):
        settings.mode = "production"
