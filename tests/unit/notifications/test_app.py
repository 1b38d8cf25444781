"""The service, put together."""

import json
from pathlib import Path

import pytest

from chassis.outputs import Call, Key, answered
from chassis.settings import SettingsError, load
from chassis.testing import decide
from notifications.app import build
from notifications.domain.alarms import Audit
from notifications.domain.digest import Digest
from notifications.messages import AuditDue, BankFileMissing, DigestDue, RaiseAlarm
from notifications.settings import Settings
from tests.unit.chassis.web import environment
from tests.unit.notifications.given import NAMES, closed, invoice, on, told

OWN = {
    "intake_url": "http://intake",
    "nav_bridge_url": "http://nav-bridge",
    "mail_to": json.dumps({"3427": "bolig@tynset.example"}),
    "mail_from": "boligflyt@tynset.example",
    "smtp_host": "smtp.example",
}


def settings(folder: Path, **changes: str) -> Settings:
    given = {**OWN, **changes}
    given["mail_to"] = json.loads(given["mail_to"])
    return load(Settings, **environment(folder, **given))


def test_there_is_a_gateway_for_every_call_and_a_handler_for_all_that_is_read(tmp_path):
    service = build(settings(tmp_path))
    story = told(invoice("a", "2019-01-15"), closed("2019-02-01")).step(2)
    missing = decide(service.handlers, {}, NAMES.hex, BankFileMissing(account="husleie", as_of=on("2019-02-01")))
    refused = decide(service.handlers, {}, str(NAMES), RaiseAlarm(trouble="mail_refused", day=on("2019-02-01")))
    digest = {Key("digest", str(NAMES)): Digest("sub-1", fresh=(str(NAMES),), due=on("2019-02-01"))}
    morning = decide(service.handlers, digest, str(NAMES), DigestDue(day=on("2019-02-01")))
    audit = {Key("audit", str(NAMES)): Audit(serial=1)}
    round = decide(service.handlers, audit, str(NAMES), AuditDue(serial=1))
    calls = [*story.calls, *(call for each in (missing, refused, morning, round) for call in each.only(Call))]
    assert {call.destination for call in calls} == set(service.gateways)
    assert {handler.on for handler in service.handlers} >= set(map(answered, service.gateways))
    assert {handler.on for handler in service.handlers} >= set(service.readers)
    assert {handler.on for handler in service.handlers} <= set(service.classes)


def test_mail_goes_encrypted_unless_the_settings_say_otherwise(tmp_path):
    assert settings(tmp_path).smtp_security == "starttls"


@pytest.mark.parametrize(
    "change", [{"mail_from": "nobody"}, {"mail_to": '{"3427": "nobody"}'}, {"intake_url": "intake"}]
)
def test_settings_that_cannot_be_meant_stop_the_service(tmp_path, change):
    with pytest.raises(SettingsError):
        settings(tmp_path, **change)
