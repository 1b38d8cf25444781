"""`python -m tests.simulation`: seeds one after the other; the first that breaks an invariant is told in words."""

import time
from collections.abc import Iterator
from datetime import datetime
from multiprocessing import Pool
from typing import Annotated

import typer

from chassis.outputs import OSLO
from tests.simulation.quiet import be_quiet
from tests.simulation.report import Figures, failure, record
from tests.simulation.trial import Trial, tried

EVERY = 500  # seeds between two lines of progress


def main(
    seeds: Annotated[int, typer.Option(min=1, help="How many seeds.")] = 10_000,
    first: Annotated[int | None, typer.Option("--from", min=0, help="The first; another each day if left out.")] = None,
    processes: Annotated[int, typer.Option(min=1)] = 2,
    *,
    write: Annotated[bool, typer.Option("--record", help="Write docs/proof/simulate.md if all holds.")] = False,
) -> None:
    start = datetime.now(OSLO).toordinal() * 100_000 if first is None else first
    figures, began = Figures(start), time.monotonic()
    typer.echo(f"seeds {start} to {start + seeds - 1} on {processes} processes")
    for trial in _trials(start, seeds, processes):
        figures.add(trial)
        figures.seconds = time.monotonic() - began
        if trial.violation:
            typer.echo(failure(trial))
            raise typer.Exit(1)
        if figures.seeds % EVERY == 0:
            typer.echo(str(figures))
    typer.echo(f"no violation: {figures}")
    if write:
        record(figures, processes, datetime.now(OSLO))


def _trials(first: int, count: int, processes: int) -> Iterator[Trial]:
    be_quiet()
    if processes == 1:
        yield from map(tried, range(first, first + count))
        return
    with Pool(processes, be_quiet) as pool:
        yield from pool.imap(tried, range(first, first + count), chunksize=10)


if __name__ == "__main__":
    typer.run(main)
