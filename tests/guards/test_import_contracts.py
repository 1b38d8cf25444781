"""Every import contract holds, and has been seen to break."""

from subprocess import CompletedProcess

import pytest

from tests.guards import copies

pytestmark = pytest.mark.guard

VIOLATIONS = [
    ("service", "intake.utils", "A_MODULE_OF_NO_LAYER = 1"),
    ("service", "eligibility.settings", "import eligibility.app"),
    ("wire", "eligibility.handlers", "import intake.domain"),
    ("chassis", "chassis.utils", "A_MODULE_OF_NO_LAYER = 1"),
    ("chassis", "chassis.relay", "import chassis.consumer"),
    ("shared", "chassis.store", "import intake.domain"),
    ("domain", "notifications.domain", "import pydantic"),
    ("pure", "notifications.handlers", "import httpx"),
    ("pure", "nav_bridge.handlers", "import chassis.store"),
    ("kit", "eligibility.messages", "import chassis.clock"),
    ("outputs", "chassis.outputs", "import pydantic"),
]


def test_every_contract_holds_on_the_tree_as_it_is(tmp_path):
    run = copies.lint(copies.code(tmp_path))

    assert run.returncode == 0, run.stdout + run.stderr
    assert all(f"{name} KEPT" in run.stdout for name in copies.contracts().values())


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> CompletedProcess[str]:
    """What is said of a copy with all violations in it: each is named beside its contract, whatever else is wrong."""
    tree = copies.code(tmp_path_factory.mktemp("spoiled"))
    for _, module, line in VIOLATIONS:
        spoiled = copies.module(tree, module)
        spoiled.write_text(f"{spoiled.read_text() if spoiled.exists() else ''}\n{line}\n")
    return copies.lint(tree)


@pytest.mark.parametrize(("contract", "module", "line"), VIOLATIONS, ids=[f"{c}-{m}" for c, m, _ in VIOLATIONS])
def test_a_contract_rejects_its_violation(broken, contract, module, line):
    name = copies.contracts()[contract]
    _, _, said = broken.stdout.rpartition(f"\n{name}\n{'-' * len(name)}\n")

    assert broken.returncode == 1, broken.stdout + broken.stderr
    assert f"{name} BROKEN" in broken.stdout
    assert _named(module, line) in said.partition("\n---")[0]


def test_no_contract_is_without_a_violation():
    assert {contract for contract, _, _ in VIOLATIONS} == set(copies.contracts())


def _named(module: str, line: str) -> str:
    """How import-linter names it: the import, or the module that no layer has."""
    return f"{module} -> {line.removeprefix('import ')}" if line.startswith("import ") else f"- {module}"
