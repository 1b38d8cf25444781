"""A Chromium that reaches nothing but this machine, and people who log in with it."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from demo.local import chromium
from demo.local.platform import Platform

ARGUMENTS = (
    *chromium.ARGUMENTS,
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


@contextmanager
def a_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=list(ARGUMENTS))
        yield browser
        browser.close()


def log_in(page: Page, platform: Platform, username: str, path: str = "/", service: str = "notifications") -> None:
    """Come to a page, be sent to the issuer, choose who one is, and come back to it."""
    page.goto(platform.addresses.url(service) + path)
    page.locator(f"#{username}").click()
    page.wait_for_url(f"{platform.addresses.url(service)}/**")
