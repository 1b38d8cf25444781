"""Domains import the standard library and themselves."""

import pytest

from tests.contract.tree import ROOT
from tests.contract.wiring import PACKAGES
from tests.guards.standing_alone import domains, foreign_imports

pytestmark = pytest.mark.guard


@pytest.mark.parametrize(("service", "package"), PACKAGES.items(), ids=PACKAGES)
def test_a_domain_imports_the_standard_library_alone(service, package):
    files = domains(ROOT / "services" / service / "src", package)

    assert files
    assert {f.name: found for f in files if (found := foreign_imports(f.read_text(), package))} == {}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import pydantic", ["pydantic"]),
        ("from holidays import NO", ["holidays.NO"]),
        ("from chassis.outputs import Event", ["chassis.outputs"]),
        ("from intake import messages", ["intake.messages"]),
        ("from . import messages", ["."]),
        ("def later():\n    import yaml", ["yaml"]),
    ],
)
def test_anything_else_is_found(line, found):
    assert foreign_imports(line, "intake") == found


def test_the_standard_library_and_the_own_domain_are_let_through():
    lines = (
        "import dataclasses\nfrom zoneinfo import ZoneInfo\nfrom intake.domain.money import ore\nimport intake.domain"
    )

    assert foreign_imports(lines, "intake") == []
