"""The accountant's pages: files and how far they have come, what waits for a person, and steps entered by hand."""

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from intake.pages import bad_lines, ledger, steps, suspense

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
router.include_router(ledger.router)
router.include_router(bad_lines.router)
router.include_router(suspense.router)
router.include_router(steps.router)

__all__ = ["router"]
