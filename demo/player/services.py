"""The four services, the NAV simulator and the mail catcher, as children of the platform."""

import time

import httpx

from demo.local.children import Child
from demo.local.platform import Platform
from demo.local.settings import nav_keys
from demo.player.running import Running

PACKAGES = {
    "intake": "intake",
    "eligibility": "eligibility",
    "nav-bridge": "nav_bridge",
    "notifications": "notifications",
}
PATIENCE = 60  # seconds
# The simulated NAV answers within milliseconds, and decides within seconds.
HURRIED = {"OUTCOME_POLL_SECONDS": "0.5", "CALL_LEASE_SECONDS": "20"}

_asking = httpx.Client(timeout=2)  # one for all, as a new one takes as long as a service's answer


def start_partners(platform: Platform) -> dict[str, Child]:
    """NAV and the mail server: simulators, and said to be."""
    at, records = platform.addresses, platform.folder
    return {
        "nav-simulator": platform.spawn(
            "nav-simulator",
            [
                "-m",
                "demo.nav_simulator",
                "--port",
                str(at.nav),
                "--record",
                str(records / "nav.jsonl"),
                "--call-back",
                f"{at.url('nav-bridge')}/nav/callbacks",
                "--keys-in",
                str(nav_keys(records)),
            ],
        ),
        "mail-catcher": platform.spawn(
            "mail-catcher",
            [
                "-m",
                "demo.mail_catcher",
                "--port",
                str(at.smtp),
                "--http-port",
                str(at.mails),
                "--record",
                str(records / "mails.jsonl"),
            ],
        ),
    }


def start_service(platform: Platform, name: str) -> Child:
    environment = platform.service_environment(name) | HURRIED
    return platform.spawn(name, ["-m", PACKAGES[name], "run"], environment)


def start_services(platform: Platform) -> dict[str, Child]:
    return {name: start_service(platform, name) for name in PACKAGES}


def ready(platform: Running, name: str) -> bool:
    try:
        return _asking.get(f"{platform.addresses.url(name)}/readyz").status_code == 200
    except httpx.HTTPError:
        return False


def await_ready(platform: Running) -> None:
    """Returns when all four answer that they are ready; raises with the end of its log if one ends instead."""
    deadline = time.monotonic() + PATIENCE
    waiting = list(PACKAGES)
    while waiting := [name for name in waiting if not ready(platform, name)]:
        platform.check()
        if time.monotonic() > deadline:
            raise TimeoutError(f"{', '.join(waiting)} ble ikke klar på {PATIENCE} sekunder")
        time.sleep(0.05)
