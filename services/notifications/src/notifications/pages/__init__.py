"""The caseworker's pages: the inbox of open alerts, one alert, and a tenancy with its ledger."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from notifications.pages import inbox, tenancy

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
router.include_router(inbox.router)
router.include_router(tenancy.router)

__all__ = ["router"]
