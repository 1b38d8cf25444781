"""What intake's doors ask of its handlers, identity already sealed, and what its handlers tell each other."""

from datetime import date
from typing import Any, ClassVar

from pydantic import Field

from intake.messages.parts import Thin


class RegisterPerson(Thin):
    """To a person. `protected` None: as it was, or not. `mistaken`: tenancies that were never theirs."""

    type: ClassVar[str] = "command.register_person"
    sealed: str
    protected: bool | None
    tenancies: tuple[str, ...]
    mistaken: tuple[str, ...] = ()


class RegisterApplication(Thin):
    """To the applicant, as a person. `sealed` None: the applicant must be registered already.

    `facts`: the domain's Facts. A command never leaves the process, so it may carry what its door has made.
    """

    type: ClassVar[str] = "command.register_application"
    public_id: str
    sealed: str | None
    protected: bool | None
    facts: Any


class WithdrawApplication(Thin):
    """To an application."""

    type: ClassVar[str] = "command.withdraw_application"


class KeepChunk(Thin):
    """To a chunk. `chunk`: the domain's."""

    type: ClassVar[str] = "command.keep_chunk"
    chunk: Any


class DropChunk(Thin):
    """To a chunk: when it has waited for long, and when its lines are in the books."""

    type: ClassVar[str] = "timer.drop_chunk"


class AskForChunk(Thin):
    """To an import: whether it needs that chunk."""

    type: ClassVar[str] = "tell.ask_for_chunk"
    chunk: str


class ChunkNeeded(Thin):
    """Back to the chunk."""

    type: ClassVar[str] = "tell.chunk_needed"
    needed: bool


class AcceptImport(Thin):
    """To an import. `file`: the domain's LedgerFile. `upload`, `chunks`: where its lines wait, and in how many parts.

    `bad`: how many of its lines could not be read.
    """

    type: ClassVar[str] = "command.accept_import"
    file: Any
    upload: str
    chunks: int
    bad: int


class TakeChunk(Thin):
    """To an import: enter the next part of its lines in the books."""

    type: ClassVar[str] = "tell.take_chunk"
    number: int


class RepairLine(Thin):
    """To a bad line. `line`: the domain's Line, as it should have been.

    `public_ids`, `contracts`: of a tenancy that it starts or registers; its name is sealed.
    """

    type: ClassVar[str] = "command.repair_line"
    line: Any
    public_ids: dict[str, str]
    contracts: dict[str, str] = Field(default_factory=dict)
    version: int
    by: str


class StrikeLine(Thin):
    """To a bad line: it is to be left out."""

    type: ClassVar[str] = "command.strike_line"
    version: int
    by: str


class PlacePayment(Thin):
    """To a payment in suspense. `tenancy`: whose it is; None where it is nobody's here, and is sent back."""

    type: ClassVar[str] = "command.place_payment"
    tenancy: str | None
    version: int
    by: str


class EnterSteps(Thin):
    """To a tenancy. `lines`: the domain's. `version`: how many steps it had when the form was made; None: any."""

    type: ClassVar[str] = "command.enter_steps"
    lines: Any
    version: int | None
    by: str


class ErasePerson(Thin):
    """To a person. `archived`: numbers of cases whose documents are in the archive. `by`: an opaque `sub`."""

    type: ClassVar[str] = "command.erase_person"
    archived: tuple[str, ...]
    by: str


class EraseApplication(Thin):
    """To an application: its applicant is erased."""

    type: ClassVar[str] = "tell.erase_application"
    person: str


class LeaveTenancy(Thin):
    """To a tenancy: a tenant is erased."""

    type: ClassVar[str] = "tell.leave_tenancy"
    person: str


class CaseErased(Thin):
    """Back to the person: one application or tenancy less."""

    type: ClassVar[str] = "tell.case_erased"
    case: str


class BookLine(Thin):
    """To a tenancy. `fields`: those of the event that the line becomes. `reference`: a step's own."""

    type: ClassVar[str] = "tell.book_line"
    kind: str
    line_id: str
    fields: dict[str, Any]
    reference: str = ""


class CloseLedger(Thin):
    """To a tenancy, after its lines. `news`: even where no lines came; else it is counted alone."""

    type: ClassVar[str] = "tell.close_ledger"
    line_id: str
    account: str
    as_of: date
    number: int
    news: bool
