"""Server-rendered pages: one Jinja2 environment with the shared frame, and Norwegian money and dates."""

from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from chassis.outputs import OSLO

STATIC, _SHARED = Path(__file__).parent / "static", Path(__file__).parent / "templates"
_SPRING = ("januar", "februar", "mars", "april", "mai", "juni")
_AUTUMN = ("juli", "august", "september", "oktober", "november", "desember")
_MINUS, _SPACE = "\u2212", "\u00a0"


class Pages:
    """Templates of a service beside the shared ones. Everything is escaped; a misspelt name is an error."""

    def __init__(self, templates_dir: Path | None = None, title: str = "boligflyt") -> None:
        folders = [templates_dir, _SHARED] if templates_dir else [_SHARED]
        self._environment = Environment(
            loader=FileSystemLoader(folders), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._environment.filters |= {"kr": kroner, "date": norwegian_date, "time": norwegian_time}
        self._environment.globals |= {"service_title": title, "idempotency_field": idempotency_field, "principal": None}

    def render(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Give `principal` to show who is logged in, and the way out."""
        return HTMLResponse(self.text(template, **values), status)

    def text(self, template: str, **values: Any) -> str:
        """For a part of a page."""
        return self._environment.get_template(template).render(values)


def idempotency_field() -> Markup:
    """Makes a form that is sent twice count once: the key is made when the form is."""
    return Markup('<input type="hidden" name="idempotency_key" value="{}">').format(uuid4())


def kroner(ore: int) -> str:
    """«12 345 kr» from øre, with øre shown only when there are any; the spaces don't break."""
    whole, rest = divmod(abs(ore), 100)
    sign, cents = _MINUS if ore < 0 else "", f",{rest:02}" if rest else ""
    return sign + f"{whole:,}".replace(",", _SPACE) + f"{cents}{_SPACE}kr"


def norwegian_date(value: date | datetime) -> str:
    """«2. mai 2019»; of a time its date in Oslo."""
    day = value.astimezone(OSLO) if isinstance(value, datetime) else value
    return f"{day.day}. {(*_SPRING, *_AUTUMN)[day.month - 1]} {day.year}"


def norwegian_time(value: datetime) -> str:
    """«2. mai 2019 kl. 09.05», in Oslo."""
    return f"{norwegian_date(value)} kl. {value.astimezone(OSLO):%H.%M}"
