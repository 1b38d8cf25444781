"""The caseworker's pages: the inbox of open alerts, kept up to date while it is open; one alert, what people do about
it and how it came about; a tenancy with its ledger and its course; the leader's view of the whole; what would have been
raised before go-live; the thresholds, tried before they hold; the staff register.
"""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from notifications.pages import acting, go_live, inbox, overview, staffing, stream, tenancy, thresholds, trail

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
router.include_router(inbox.router)
router.include_router(stream.router)
router.include_router(acting.router)
router.include_router(tenancy.router)
router.include_router(staffing.router)
router.include_router(trail.router)
router.include_router(overview.router)
router.include_router(go_live.router)
router.include_router(thresholds.router)

__all__ = ["router"]
