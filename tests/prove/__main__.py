"""`python -m tests.prove [--only PART] [--seed N]`: run the parts, keep a page of each, fail if one doesn't hold."""

import random
import signal
import time
from types import FrameType
from typing import Annotated

import typer

from demo.local.errors import PlatformError
from tests.prove import parts
from tests.prove.proof import Given, keep, page

LONGEST = 60.0  # minutes


def main(
    only: Annotated[list[str] | None, typer.Option(help="Bare denne delen; kan gjentas.")] = None,
    seed: Annotated[int | None, typer.Option(help="Frøet som alt tilfeldig trekkes av.")] = None,
    minutes: Annotated[float, typer.Option(help="Det lengste en del får ta.", max=LONGEST)] = LONGEST,
) -> None:
    """Bevis det som er tilfeldig eller langt. Hver del legger igjen sitt nyeste resultat i docs/proof."""
    if unknown := set(only or ()) - set(parts.names()):
        raise typer.BadParameter(f"ukjent del: {', '.join(sorted(unknown))}; det finnes {', '.join(parts.names())}")
    failed = [name for name in only or parts.names() if not _proved(name, seed, minutes)]
    if failed:
        raise SystemExit(f"Holder ikke: {', '.join(failed)}")


def _proved(name: str, seed: int | None, minutes: float) -> bool:
    seed = random.SystemRandom().randrange(10**6) if seed is None else seed
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:6.0f} s  {name}: {text}", flush=True)

    say(f"seed {seed}")
    given = Given(seed, minutes, say)
    signal.signal(signal.SIGALRM, _too_long)
    signal.setitimer(signal.ITIMER_REAL, minutes * 60)
    try:
        proof = parts.part(name)(given)
    except (TimeoutError, PlatformError) as error:
        say(f"no result: {error}")
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    text = page(proof, given)
    print(text)
    keep(name, text)
    return proof.holds


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError("it took longer than it may")


if __name__ == "__main__":
    typer.run(main)
