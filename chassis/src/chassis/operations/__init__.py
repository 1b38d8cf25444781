"""What operators do about what stands still: dead letters, parked keys, refused events; on a page and by command."""

from chassis.operations.page import router

__all__ = ["router"]
