"""People at their browsers: each with a session of their own, and with a record of all that it asked for."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Request

from demo.local.places import ROOT
from demo.pictures.browsing import log_in
from demo.pictures.running import ThatMorning

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
Visit = Callable[..., "Visitor"]


@dataclass
class Visitor:
    """Somebody with a browser; `asked`: every request that it made."""

    street: ThatMorning
    page: Page
    asked: list[Request] = field(default_factory=list)

    def note(self, request: Request) -> None:
        self.asked.append(request)

    def url(self, path: str = "/", service: str = "notifications") -> str:
        return self.street.addresses.url(service) + path

    def log_in(self, username: str, path: str = "/", service: str = "notifications") -> "Visitor":
        log_in(self.page, self.street, username, path, service)
        return self

    def card(self, name: str) -> Locator:
        return self.page.locator("article").filter(has=self.page.get_by_role("link", name=name, exact=True))

    def texts(self, selector: str) -> list[str]:
        """Of all that match, laid out or not."""
        return [text.strip() for text in self.page.locator(selector).all_text_contents()]

    def acknowledge(self, name: str) -> Locator:
        card = self.card(name)
        card.get_by_role("button", name="Kvitter").click()
        return card

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        self._rouse()
        width: int = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return width

    def barriers(self) -> list[tuple[str, str]]:
        """What axe-core has against the page: rule, and the element."""
        self._rouse()
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = self.page.evaluate("tags => axe.run({runOnly: tags})", STANDARD)
        return [(rule["id"], node["html"]) for rule in found["violations"] for node in rule["nodes"]]

    def _rouse(self) -> None:
        """An inbox at rest lays nothing out that is out of sight: now it does, as when somebody scrolls."""
        self.page.wait_for_load_state()
        self.page.evaluate("document.dispatchEvent(new Event('scroll'))")
