"""intake's doors: people, applications and the ledger."""

from fastapi import APIRouter

from intake.api import applications, causation, erasures, figures, imports, persons, steps, sums, tenancies

router = APIRouter()
router.include_router(persons.router)
router.include_router(erasures.router)
router.include_router(applications.router)
router.include_router(imports.router)
router.include_router(sums.router)
router.include_router(tenancies.router)
router.include_router(steps.router)
router.include_router(causation.router)
router.include_router(figures.router)

__all__ = ["router"]
