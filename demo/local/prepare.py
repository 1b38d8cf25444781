"""`python -m demo.local.prepare`: fetch what the platform runs, and teach Java to start it faster. Once per machine."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from demo.local.children import Child, Children
from demo.local.errors import PlatformError
from demo.local.issuer import ISSUER, Issuer
from demo.local.java import Java, Program
from demo.local.kafka import KAFKA, LocalKafka
from demo.local.people import people
from demo.local.ports import Ports

PATIENCE = 120  # seconds for Java to write its cache at the end


def prepare() -> None:
    java = Java.find()
    started = time.monotonic()
    for program in (KAFKA, ISSUER):
        print(f"  {program.endpoint.split('+')[0]}: {len(program.jars())} filer", flush=True)
    if all((kept := program.start_up_cache(java)) is None or kept.exists() for program in (KAFKA, ISSUER)):
        return
    children, ports = Children(), Ports()
    try:
        kafka = LocalKafka(children, java, ports, ["intake"])
        _train(KAFKA, java, lambda file: _run_kafka(kafka, file))
        issuer = Issuer(children, java, ports, people({"3427": "Tynset"}), ["intake"])
        _train(ISSUER, java, lambda file: _run_issuer(issuer, file))
    finally:
        children.close()
        ports.close()
    print(f"  raskere oppstart lært på {time.monotonic() - started:.0f} s", flush=True)


def _train(program: Program, java: Java, run: Callable[[Path], Child]) -> None:
    """Run the program once; Java writes the cache when it ends. One that is half written is never seen."""
    kept = program.start_up_cache(java)
    if kept is None or kept.exists():
        return
    kept.parent.mkdir(exist_ok=True)
    fresh = kept.with_suffix(f".{os.getpid()}")
    try:
        run(fresh).terminate(patience=PATIENCE)
        if fresh.exists():
            fresh.replace(kept)
    finally:
        fresh.unlink(missing_ok=True)


def _run_kafka(kafka: LocalKafka, file: Path) -> Child:
    kafka.start(train=file)
    return kafka.child


def _run_issuer(issuer: Issuer, file: Path) -> Child:
    issuer.start(train=file)
    issuer.token("leder-3427")
    issuer.service_token("intake", "intake")
    return issuer.child


if __name__ == "__main__":
    try:
        prepare()
    except PlatformError as error:
        sys.exit(str(error))
