"""What the messages are made of."""

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Ore = Annotated[int, Field(strict=True, ge=0, le=2**53)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
OPAQUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:|-]{0,127}")
"""What goes out in an event must be opaque: an e-mail address or a name as `sub` must not."""
Subject = Annotated[str, StringConstraints(pattern=f"^{OPAQUE.pattern}$")]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")
