"""The one command: what files foretell comes true, and one altered amount is seen."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.local.places import ROOT

LIMIT = 240  # seconds
SEED = 20190501
AT_ONCE = 2

Demo = Future[subprocess.CompletedProcess[str]]


def run_demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "demo", "--once", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def generate(folder: Path, seed: int) -> Path:
    """An input by the generator, which knows nothing of the services."""
    command = [sys.executable, "-m", "demo.generator", "--seed", str(seed), "--out", str(folder), "--small"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=LIMIT, capture_output=True)
    return folder


def alter_one_payment(folder: Path) -> str:
    """One payment of the last bank file becomes one krone smaller, its end record too; whose it is."""
    *_, file = sorted((folder / "ledger").glob("*.csv"))
    lines = file.read_text(encoding="utf-8").splitlines()
    place = next(n for n, line in enumerate(lines) if ";payment.registered;" in line)
    payment, end = lines[place].split(";"), lines[-1].split(";")
    payment[6], end[6] = str(int(payment[6]) - 100), str(int(end[6]) - 100)
    lines[place], lines[-1] = ";".join(payment), ";".join(end)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return payment[4]


@dataclass(frozen=True)
class Demos:
    """`tenancy`: whose payment is altered in the last one's input."""

    scenario: Demo
    generated: Demo
    altered: Demo
    tenancy: str


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demos]:
    """All three, a few at a time; each test waits for its own."""
    generated, altered = (generate(tmp_path_factory.mktemp("inputs") / "input", SEED) for _ in range(2))
    tenancy = alter_one_payment(altered)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        inputs = [], ["--input", str(generated)], ["--input", str(altered)]
        yield Demos(*(pool.submit(run_demo, *each) for each in inputs), tenancy)


def test_the_demo_scenario_ends_as_its_files_foretell(demos: Demos) -> None:
    done = demos.scenario.result()

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "Utestående per 2012-01-01: 1 275 000 kr" in done.stdout
    assert "Utestående per 2019-05-01: 442 000 kr" in done.stdout


def test_a_freshly_generated_input_ends_as_its_generator_foretells(demos: Demos) -> None:
    done = demos.generated.result()

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_one_altered_amount_is_seen_and_named(demos: Demos) -> None:
    done = demos.altered.result()

    assert done.returncode == 1, done.stdout[-4000:]
    assert any(line.startswith("✗") and demos.tenancy in line for line in done.stdout.splitlines()), done.stdout[-4000:]
