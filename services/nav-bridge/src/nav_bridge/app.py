"""nav-bridge, put together by hand."""

from pathlib import Path

import httpx

from chassis import operations
from chassis.access import service_client
from chassis.calls import Policy as Budget
from chassis.outputs import Gateway
from chassis.service import Service
from nav_bridge import api, messages, pages
from nav_bridge.domain import Matter, Policy
from nav_bridge.gateway import (
    Callbacks,
    LetterHandIn,
    LetterLookup,
    LetterRecall,
    LetterReserve,
    LetterStatus,
    Maskinporten,
    NavHandIn,
    NavKeys,
    NavRecall,
    NavStatus,
    Notices,
    Post,
    Referrals,
    Source,
    callback_door,
)
from nav_bridge.handlers import KINDS, handlers
from nav_bridge.projection import TABLES, project
from nav_bridge.settings import Settings
from nav_bridge.subscribers import READS, WRITES
from nav_bridge.translation.offices import letters, offices


def build(settings: Settings) -> Service:
    nav = httpx.AsyncClient(
        base_url=settings.nav_url,
        timeout=settings.nav_timeout_seconds,
        auth=Maskinporten(grant) if (grant := settings.grant) else None,
        follow_redirects=False,
    )
    svarut = httpx.AsyncClient(
        base_url=settings.svarut_url, timeout=settings.svarut_timeout_seconds, follow_redirects=False
    )
    posts = {
        each: Post(office, **settings.senders[each]) for each, office in letters(settings.nav_letters_file).items()
    }
    policy = Policy(settings.outcome_poll_seconds, settings.outcome_poll_longest_seconds, by_letter=frozenset(posts))
    eligibility = service_client(settings, settings.eligibility_url, audience="eligibility")
    intake = service_client(settings, settings.intake_url, audience="intake")
    notifications = service_client(settings, settings.notifications_url, audience="notifications")
    sources: dict[Matter, Source] = {
        "referral": Referrals(eligibility, intake),
        "nav_notice": Notices(notifications, intake, offices()),
    }
    keys = NavKeys(settings.nav_jwks) if settings.nav_jwks else None
    callbacks = callback_door(Callbacks(keys, settings.nav_issuer, settings.audience))
    gateways: dict[str, Gateway] = {
        "nav": NavHandIn(nav, sources),
        "nav-lookup": NavStatus(nav),
        "nav-outcome": NavStatus(nav),
        "nav-recall": NavRecall(nav),
        "svarut-reserve": LetterReserve(svarut, posts),
        "svarut": LetterHandIn(svarut, posts, sources),
        "svarut-lookup": LetterLookup(svarut, posts),
        "svarut-outcome": LetterStatus(svarut, posts),
        "svarut-recall": LetterRecall(svarut, posts),
    }
    of_nav = {name: settings.nav_calls_per_second for name in gateways if name.startswith("nav")}
    budgets = dict.fromkeys(gateways, Budget().per_second) | of_nav
    return Service(
        name="nav-bridge",
        messages=messages,
        kinds=KINDS,
        handlers=handlers(policy),
        reads=READS,
        writes=WRITES,
        gateways=gateways,
        policies={name: Budget(per_second, settings.call_lease_seconds) for name, per_second in budgets.items()},
        state={"budgets": budgets},
        writers={
            "persons.v1": intake,
            "arrears.v1": intake,
            "referrals.v1": eligibility,
            "nav-notices.v1": notifications,
        },
        project=project,
        tables=TABLES,
        routers=[api.router, pages.router, callbacks, operations.router],
        migrations=Path(__file__).parent / "migrations",
    )
