"""`python -m demo.generator --seed N --out FOLDER [--small] [--scenario tynset]`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from demo.generator.small import small
from demo.generator.tynset import SEED, tynset


def main(
    out: Annotated[Path, typer.Option(help="Mappen som filene skrives i.")],
    seed: Annotated[int | None, typer.Option(help="Samme frø gir samme filer; scenarioet har sitt eget.")] = None,
    *,
    small_one: Annotated[bool, typer.Option("--small", help="Et lite, tilfeldig sett: om lag 40 leieforhold.")] = False,
    scenario: Annotated[Literal["tynset"] | None, typer.Option(help="Demoens eget scenario.")] = None,
) -> None:
    """Skriver syntetiske filer til demoen, og hva de skal føre til."""
    if small_one == bool(scenario):
        raise typer.BadParameter("velg enten --small eller --scenario tynset")
    play = tynset(SEED if seed is None else seed) if scenario else small(SEED if seed is None else seed)
    play.write(out)
    print(f"{len(play.lives)} leieforhold og {len(play.applications.bodies)} søknader er skrevet i {out}")


if __name__ == "__main__":
    typer.run(main)
