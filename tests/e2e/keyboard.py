"""A page gone through by its keys alone."""

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import Visitor

FARTHEST = 80  # presses of Tab that a page may need


def reach(page: Page, wanted: Locator) -> None:
    """By Tab alone."""
    expect(wanted).to_have_count(1)
    for _ in range(FARTHEST):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} can't be reached by keyboard")


def press(page: Page, wanted: Locator, key: str = "Enter") -> None:
    reach(page, wanted)
    page.keyboard.press(key)


def write(page: Page, label: str, text: str) -> None:
    reach(page, page.get_by_label(label))
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def barrier_free(visitor: Visitor, shown: str, found: dict[str, object]) -> None:
    """Once the page is there that shows that heading, whose barriers are noted."""
    expect(visitor.page.get_by_role("heading", name=shown).first).to_be_visible()
    found[f"{shown} {len(found)}"] = (visitor.overflow, visitor.barriers())
