"""`python -m demo.pictures`: take the screenshots of `docs/` anew."""

from pathlib import Path

from demo.local.places import ROOT
from demo.local.platform import Platform
from demo.pictures.browsing import a_browser, log_in
from demo.pictures.running import street_running

FOLDER = ROOT / "docs"
SIZES = ((1280, 1150), (360, 1150))


def take(platform: Platform, folder: Path) -> list[Path]:
    """The alert page as a caseworker comes to it, one alert acknowledged, at each width."""
    taken: list[Path] = []
    with a_browser() as browser:
        for width, height in SIZES:
            page = browser.new_page(viewport={"width": width, "height": height}, locale="nb-NO")
            log_in(page, platform, "boligansvarlig-3427")
            button = page.locator("article:not(.alert--seen)").nth(1).get_by_role("button", name="Kvitter")
            if not taken:
                button.click()
                page.locator(".alert--seen").wait_for()
                page.reload()
            taken.append(folder / f"alerts-{width}.png")
            page.screenshot(path=taken[-1])
    return taken


if __name__ == "__main__":
    with street_running() as platform:
        for path in take(platform, FOLDER):
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
