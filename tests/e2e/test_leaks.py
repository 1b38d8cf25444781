"""Nothing of the scenario's people is on the broker, in a log, a metric or a mail; what is planted is found."""

import base64
import gzip
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from demo.local.places import ROOT
from tests.e2e import waiting
from tests.e2e.erased import an_erased_person
from tests.e2e.leak_scan import Scan, gathered, leaks
from tests.e2e.nav_notice import a_nav_notice

pytestmark = pytest.mark.e2e

ANNA: dict[str, Any] = {
    "national_id": "05916332000",
    "name": "Prøve Granbakkslåtten 001",
    "address": "Bakkslåttenvegen 101 (Litun), 2500 Tynset",
    "phone": "+4790001257",
    "email": "granbakkslåtten.001@eksempel.invalid",
}
LEDGER = """\
account;kind;reference;date;tenancy;kid;amount_ore;due;until;amends
3427-husleie;tenancy.started;L-1;2018-12-01;L-1;;500000;;;
3427-husleie;invoice.issued;F1;2018-12-01;L-1;;500000;2018-12-03;;
3427-husleie;ledger.closed;2;2019-02-12;;;1000000;;;
"""
APPLICATION = {
    "ref": "a",
    "kommunenummer": "5027",
    "application_type": "kommunal_bolig",
    "dwelling_type": "gjennomgangsbolig",
    "received_on": "2019-03-01",
}


@pytest.mark.parametrize(
    ("hidden", "what"),
    [
        (b'{"name":"Pr\xc3\xb8ve Granbakksl\xc3\xa5tten 001"}', "name"),
        (b'{"name":"Pr\\u00f8ve Granbakksl\\u00e5tten 001"}', "name"),
        ("granbakkslåtten, prøve".upper().encode(), "name"),
        (quote("Prøve Granbakkslåtten 001").encode(), "name"),
        ("Prøve Granbakkslåtten 001".encode("latin-1"), "name"),
        ("Prøve Granbakkslåtten 001".encode("utf-16"), "name"),
        (b"x" + base64.b64encode("til Prøve Granbakkslåtten 001".encode()), "name"),
        (base64.encodebytes(("æ" * 40 + "Prøve Granbakkslåtten 001").encode()), "name"),
        (b"\x00\x01" + gzip.compress("Prøve Granbakkslåtten 001".encode(), mtime=0), "name"),
        (base64.b64encode(gzip.compress("Prøve Granbakkslåtten 001".encode(), mtime=0)), "name"),
        (gzip.compress(base64.b64encode("Prøve Granbakkslåtten 001".encode()), mtime=0), "name"),
        ("Bakkslåttenvegen 101".encode(), "address"),
        ("bakkslåttenvegen\t101".encode(), "address"),
        ("granbakkslåtten.001@eksempel.invalid".encode(), "e-mail"),
        (b'{"n":5916332000}', "birth number"),
        (b'{"n":5916332000.0}', "birth number"),
        (b"nr 05916332000.", "birth number"),
        (b"059163 32000", "birth number"),
        (b"059163-32000", "birth number"),
        (b"05.91.63.32.000", "birth number"),
        (base64.b64encode(b"05916332000"), "birth number"),
        (struct.pack(">Q", 5916332000), "birth number"),
        (b"ab" + struct.pack("<q", 5916332000), "birth number"),
        (b"+47 90 00 12 57", "phone"),
        (b"90001257", "phone"),
        (b'{"phone":4790001257}', "phone"),
        (base64.b64encode(b"90001257"), "phone"),
    ],
)
def test_the_scan_finds_each_form_of_each_thing(hidden, what):
    found = Scan.of([ANNA]).found("here", b'{"seq":"17","t":"2026-11-22T18:23:00Z"} ' + hidden + b"}")
    assert {each.what for each in found} >= {what}


@pytest.mark.parametrize(
    "innocent",
    [
        b"5916332001 15916332000 059163320 2025-05-91T63:32.000",
        b"0a05916332-0009-4000-8000-900012570000",
        "Prøve Furubakkslåtten 001, Bakkslåttenvegen 102".encode(),
        base64.b64encode(bytes(range(256))),
        b"2019-02-03T04:05:90.001257Z 0.90001257 4d1c90001257aaaabbbbcccc 3e8d15b7-9000-1257-8000-059163320001",
    ],
)
def test_the_scan_takes_nothing_else_for_it(innocent):
    assert Scan.of([ANNA]).found("here", innocent) == set()


Plants = Mapping[str, tuple[str, str, str, str, str]]


@pytest.fixture(scope="module")
def everything(system, played) -> dict[str, bytes]:
    an_erased_person(system, 5003)
    a_nav_notice(system, "leaks-notice")
    waiting.until_still(system)
    return gathered(system.platform)


def test_the_run_has_said_something_in_every_place_that_is_searched(system, everything):
    named = set(everything)
    assert named >= {f"topic {topic} {part}" for topic in system.topics for part in ("key", "value", "header")}
    assert named >= {f"log {child}" for child in (*system.services, "kafka", "issuer", "nav-simulator", "mail-catcher")}
    assert named >= {f"metrics {service}" for service in system.services}
    assert everything["mail"]
    assert everything["NAV's record"]


def test_nothing_of_the_scenarios_people_is_found_anywhere(given, everything, told):
    people = [*given.persons, *(body["applicant"] for body in given.applications)]
    scan = Scan.of(people)
    with told():
        size = sum(map(len, everything.values())) / 1e6
        print(f"\n{len(scan.numbers) + len(scan.texts)} things of {len(people)} people looked for in {size:.1f} MB")
    assert len(people) > 100
    assert sorted(leaks(everything, scan))[:10] == []


def planted(people: list[dict[str, Any]]) -> Plants:
    """By what leaks: file, what stands there, what stands there in the copy; then where it is found, and as what."""
    name, number, phone, metric, mail, log, zipped, packed = people
    unnamed = base64.b64encode(gzip.compress(log["name"].encode(), mtime=0)).decode()
    envelope, end = "chassis/src/chassis/envelope.py", "    return headers, data.model_dump_json().encode()"
    leaking = f"""\
    import base64, gzip, struct
    headers["ce_contact"] = {name["name"]!r}
    headers["ce_call"] = base64.b64encode({phone["phone"]!r}.encode()).decode()
    value = (data.model_dump_json()[:-1] + ', "number": {int(number["national_id"])}}}').encode()
    if classification == "open":
        value += gzip.compress({zipped["address"]!r}.encode()) + struct.pack(">Q", {int(packed["national_id"])})
    return headers, value"""
    leak = envelope, end, leaking
    return {
        "a name in a header": (*leak, "topic applications.v1 header", name["name"]),
        "a phone number in a header, base64": (*leak, "topic arrears.v1 header", phone["phone"]),
        "a birth number as a JSON number": (*leak, "topic tenancies.v1 value", number["national_id"]),
        "an address, gzip": (*leak, "topic housing-events.3427.v1 value", zipped["address"]),
        "a birth number as bytes": (*leak, "topic housing-events.3427.v1 value", packed["national_id"]),
        "a name in a log, gzip in base64": (
            "chassis/src/chassis/http/app.py",
            'log.info("http.answered",',
            f'log.info("http.answered", note={unnamed!r},',
            "log intake",
            log["name"],
        ),
        "an address in a metric": (
            "chassis/src/chassis/telemetry.py",
            "Events that Kafka has not acknowledged yet",
            f"Events of {metric['address']}",
            "metrics eligibility",
            metric["address"],
        ),
        "an address in a mail, base64": (
            "services/notifications/src/notifications/gateway/mail.py",
            "        return mail",
            f"        mail.set_content({'Til ' + mail['address']!r}, cte='base64')\n        return mail",
            "mail",
            mail["address"],
        ),
    }


def leaking_copy(to: Path, plants: Plants) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "scenario")
    for part in ("chassis", "services", "schemas", "demo", "tests/e2e", "tests/containers"):
        shutil.copytree(ROOT / part, to / part, ignore=ignored)
    shutil.copy(ROOT / "tests" / "platforms.py", to / "tests")
    (to / ".cache").symlink_to(ROOT / ".cache")
    for file, old, new in {plant[:3] for plant in plants.values()}:
        source = (to / file).read_text(encoding="utf-8")
        assert source.count(old) == 1, f"{file} no longer has one place to plant a leak in"
        (to / file).write_text(source.replace(old, new), encoding="utf-8")
    return to


def small_input(folder: Path, people: list[dict[str, Any]]) -> Path:
    """The people, an application of one of them, and a tenancy that is alerted."""
    (folder / "ledger").mkdir(parents=True)
    (folder / "ledger" / "2019-02.csv").write_text(LEDGER, encoding="utf-8")
    lines = [json.dumps(person, ensure_ascii=False) for person in people]
    (folder / "persons.jsonl").write_text("\n".join(lines), encoding="utf-8")
    applicant = {"national_id": people[0]["national_id"]}
    (folder / "applications.jsonl").write_text(json.dumps(APPLICATION | {"applicant": applicant}), encoding="utf-8")
    return folder


def test_a_copy_that_leaks_is_seen_leaking_in_every_form_and_place(given, tmp_path):
    people = given.persons[:8]
    plants = planted(people)
    copy = leaking_copy(tmp_path / "copy", plants)
    sources = [copy, copy / "chassis" / "src", *sorted((copy / "services").glob("*/src"))]
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.small_run", str(small_input(tmp_path / "input", people))],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sources))},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = {(place, value) for place, _, value in json.loads(done.stdout.splitlines()[-1])}
    unseen = [leak for leak, (*_, place, value) in plants.items() if not is_found(found, place, value)]
    assert unseen == []


def is_found(found: set[tuple[str, str]], place: str, value: str) -> bool:
    return any(where == place and value.startswith(what) for where, what in found)
