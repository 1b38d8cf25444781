"""Alerts, what people do about them, and the staff, for other systems and for tools, as JSON."""

from fastapi import APIRouter

from notifications.api import acting, alerts, staff

router = APIRouter()
router.include_router(alerts.router)
router.include_router(acting.router)
router.include_router(staff.router)

__all__ = ["router"]
