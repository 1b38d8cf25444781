"""The operator's pages, of one municipality: what stands still and why, one dead letter, and what to do about it.

For leaders: the roles are given, and no other answers for the whole service in a municipality. A record holds nothing
personal by design; still, its bytes are shown on demand alone, and each look is kept with who looked.
"""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path
from starlette.responses import HTMLResponse

from chassis.access import Door, page_door
from chassis.errors import Reject
from chassis.http.problems import problem
from chassis.operations import queries
from chassis.operations.content import LONGEST, Content, as_lines, mended, text
from chassis.operations.letters import DeadLetters, Replayed
from chassis.pages import Pages

router = APIRouter(prefix="/drift", include_in_schema=False, default_response_class=HTMLResponse)
pages = Pages()

Operator = Annotated[Door, Depends(page_door("leder"))]
Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
Version = Annotated[int, Form(ge=0, le=2**63 - 1)]
Because = Annotated[str, Form(min_length=3, max_length=500)]
ACTIONS = {
    "stopped": "Stanset",
    "seen": "Innholdet vist",
    "corrected": "Rettet",
    "waits": "Satt til å vente",
    "handled": "Behandlet",
    "discarded": "Forkastet",
}


@router.get("")
async def overview(door: Operator) -> HTMLResponse:
    letters = of(door)
    (row,) = await door.rows(queries.REFUSED_COUNT)
    counts = {"refused": row["refused"], "of_nobody": await letters.of_nobody()}
    return render(door, "overview", groups=await letters.groups(), parked=await letters.parked(), **counts)


@router.get("/grupper/{fingerprint}")
async def group(door: Operator, fingerprint: str) -> HTMLResponse:
    if not (letters := await of(door).of_group(fingerprint)):
        raise problem(404, "no_such_group", "Ingen hendelser er stanset av denne årsaken nå.")
    return render(door, "group", fingerprint=fingerprint, letters=letters)


@router.post("/grupper/{fingerprint}/nytt-forsok")
async def replay_group(door: Operator, fingerprint: str) -> HTMLResponse:
    return replayed(door, await of(door).replay_group(fingerprint, by(door)))


@router.get("/hendelser/{letter}")
async def one(door: Operator, letter: Id) -> HTMLResponse:
    return await letter_page(door, letter)


@router.post("/hendelser/{letter}/nytt-forsok")
async def replay(door: Operator, letter: Id) -> HTMLResponse:
    return replayed(door, [await of(door).replay_letter(letter, by(door))])


@router.post("/hendelser/{letter}/innhold")
async def content(door: Operator, letter: Id) -> HTMLResponse:
    """A form that is sent, not a link: a look leaves a trace, and no browser may look ahead by itself."""
    came, counts = await of(door).content(letter, by(door))
    too_long = len(counts.value or b"") > LONGEST
    original = None if came == counts else told(came)
    return await letter_page(door, letter, content=told(counts), too_long=too_long, came=original)


@router.post("/hendelser/{letter}/rettelse")
async def correct(
    door: Operator,
    letter: Id,
    version: Version,
    because: Because,
    *,
    value: Annotated[str, Form()] = "",
    headers: Annotated[str, Form()] = "",
    key: Annotated[str, Form()] = "",
) -> HTMLResponse:
    def mend(before: Content) -> Content:
        return mended(before, value=value, headers=headers, key=key)

    return await settled(door, letter, lambda letters: letters.correct(letter, by(door), because, mend, version))


@router.post("/hendelser/{letter}/forkasting")
async def discard(door: Operator, letter: Id, version: Version, because: Because) -> HTMLResponse:
    return await settled(door, letter, lambda letters: letters.discard(letter, by(door), because, version))


async def settled(door: Door, letter: int, act: Callable[[DeadLetters], Any]) -> HTMLResponse:
    """What came of it; where nothing could be done, the letter as it is now with the sentence."""
    try:
        return replayed(door, [await act(of(door))])
    except Reject as refusal:
        return await letter_page(door, letter, notice=refusal.sentence, status=refusal.status)


async def letter_page(door: Door, id: int, *, notice: str = "", status: int = 200, **more: Any) -> HTMLResponse:
    if (letter := await of(door).show(id)) is None:
        raise problem(404, "no_such_letter", "Hendelsen finnes ikke. Den kan høre til en annen kommune.")
    values = {"content": None, "came": None, "too_long": False, "actions": ACTIONS, **more}
    return render(door, "letter", status, letter=letter, notice=notice, **values)


def replayed(door: Door, done: Sequence[Replayed]) -> HTMLResponse:
    return render(door, "replayed", done=done)


def render(door: Door, name: str, status: int = 200, **values: Any) -> HTMLResponse:
    title = f"boligflyt drift, {door.request.app.title}"
    frame = {"principal": door.principal, "service_title": title, "home": "/drift"}
    return pages.render(f"operations/{name}.html", status=status, **frame, **values)


def of(door: Door) -> DeadLetters:
    letters: DeadLetters = door.request.app.state.dead_letters
    return letters.within(door.principal.kommunenummer)


def by(door: Door) -> str:
    """Name and subject: the one for people, the other for certain."""
    who = door.principal
    return f"{who.name} ({who.subject})" if who.name else who.subject


def told(content: Content) -> dict[str, str]:
    value = text((content.value or b"")[:LONGEST])
    return {"key": text(content.key), "headers": as_lines(content.headers), "value": value}
