"""What intake's doors ask of its handlers, identity already sealed, and what its handlers tell each other."""

from datetime import date
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field


class RegisterPerson(BaseModel):
    """To a person. `protected` None: as it was, or not. `mistaken`: tenancies that were never theirs."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.register_person"
    sealed: str
    protected: bool | None
    tenancies: tuple[str, ...]
    mistaken: tuple[str, ...] = ()


class RegisterApplication(BaseModel):
    """To the applicant, as a person. `sealed` None: the applicant must be registered already.

    `facts`: the domain's Facts. A command never leaves the process, so it may carry what its door has made.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.register_application"
    public_id: str
    sealed: str | None
    protected: bool | None
    facts: Any


class WithdrawApplication(BaseModel):
    """To an application."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.withdraw_application"


class KeepChunk(BaseModel):
    """To a chunk. `chunk`: the domain's."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.keep_chunk"
    chunk: Any


class DropChunk(BaseModel):
    """To a chunk: when it has waited for long, and when its lines are in the books."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "timer.drop_chunk"


class AskForChunk(BaseModel):
    """To an import: whether it needs that chunk."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.ask_for_chunk"
    chunk: str


class ChunkNeeded(BaseModel):
    """Back to the chunk."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.chunk_needed"
    needed: bool


class AcceptImport(BaseModel):
    """To an import. `file`: the domain's LedgerFile. `upload`, `chunks`: where its lines wait, and in how many parts.

    `bad`: how many of its lines could not be read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.accept_import"
    file: Any
    upload: str
    chunks: int
    bad: int


class TakeChunk(BaseModel):
    """To an import: enter the next part of its lines in the books."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.take_chunk"
    number: int


class RepairLine(BaseModel):
    """To a bad line. `line`: the domain's Line, as it should have been.

    `public_ids`, `contracts`: of a tenancy that it starts or registers; its name is sealed.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.repair_line"
    line: Any
    public_ids: dict[str, str]
    contracts: dict[str, str] = Field(default_factory=dict)
    version: int
    by: str


class StrikeLine(BaseModel):
    """To a bad line: it is to be left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.strike_line"
    version: int
    by: str


class PlacePayment(BaseModel):
    """To a payment in suspense. `tenancy`: whose it is; None where it is nobody's here, and is sent back."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.place_payment"
    tenancy: str | None
    version: int
    by: str


class EnterSteps(BaseModel):
    """To a tenancy. `lines`: the domain's. `version`: how many steps it had when the form was made; None: any."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.enter_steps"
    lines: Any
    version: int | None
    by: str


class ErasePerson(BaseModel):
    """To a person. `archived`: numbers of cases whose documents are in the archive. `by`: an opaque `sub`."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "command.erase_person"
    archived: tuple[str, ...]
    by: str


class EraseApplication(BaseModel):
    """To an application: its applicant is erased."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.erase_application"
    person: str


class LeaveTenancy(BaseModel):
    """To a tenancy: a tenant is erased."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.leave_tenancy"
    person: str


class CaseErased(BaseModel):
    """Back to the person: one application or tenancy less."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.case_erased"
    case: str


class BookLine(BaseModel):
    """To a tenancy. `fields`: those of the event that the line becomes. `reference`: a step's own."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.book_line"
    kind: str
    line_id: str
    fields: dict[str, Any]
    reference: str = ""


class CloseLedger(BaseModel):
    """To a tenancy, after its lines. `news`: even where no lines came; else it is counted alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    type: ClassVar[str] = "tell.close_ledger"
    line_id: str
    account: str
    as_of: date
    number: int
    news: bool
