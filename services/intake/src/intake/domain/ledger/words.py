"""What people call the kinds of line and the columns, in bokmål."""

from collections.abc import Iterable, Mapping

from intake.domain.ledger.columns import NO_AMOUNT
from intake.domain.ledger.kinds import REGISTERED
from intake.domain.ledger.lines import Fault

KIND_NAMES: Mapping[str, str] = {
    "tenancy.started": "Leieforhold startet",
    "tenancy.changed": "Leieforhold endret",
    "tenancy.renewed": "Leieavtale fornyet",
    "tenancy.ended": "Leieforhold avsluttet",
    "invoice.issued": "Faktura",
    "invoice.adjusted": "Faktura endret",
    "invoice.credited": "Kreditnota",
    "payment.registered": "Innbetaling",
    "payment.reversed": "Innbetaling tilbakeført",
    "payment.held": "Innbetaling som kan gjelde leieforholdet",
    "payment.released": "Avklart hvem innbetalingen gjelder",
    "direct_debit.ended": "AvtaleGiro eller trekk stanset",
    "direct_debit.failed": "AvtaleGiro eller trekk feilet",
    "reminder.sent": "Purring sendt",
    "payment_plan.agreed": "Betalingsavtale: avdrag",
    "payment_plan.changed": "Betalingsavtale endret: avdrag",
    "payment_plan.ended": "Betalingsavtale avsluttet",
    "eviction_notice.sent": "Varsel etter tvangsfullbyrdelsesloven § 4-18 sendt",
    "nav_notice.reserved": "Leietakeren har reservert seg mot melding til NAV (husleieloven § 9-11)",
    "nav_notice.reservation_lifted": "Reservasjonen mot melding til NAV er opphevet",
    "enforcement.requested": "Begjæring om fravikelse sendt",
    "enforcement.scheduled": "Fravikelse berammet",
    "enforcement.lifted": "Begjæring om fravikelse trukket eller hevet",
    "enforcement.executed": "Fravikelse gjennomført",
    "bostotte_transport.started": "Bostøtten betales til utleier",
    "bostotte_transport.ended": "Bostøtten betales ikke lenger til utleier",
    "dispute.opened": "Leietakeren bestrider kravet",
    "dispute.closed": "Tvisten om kravet er avsluttet",
}

ROW_NAMES: Mapping[str, str] = {REGISTERED: "Leieforhold i leieregisteret"}

COLUMN_NAMES: Mapping[str, str] = {
    "": "Linjen",
    "account": "Konto",
    "kind": "Slag",
    "reference": "Referanse",
    "date": "Dato",
    "tenancy": "Kontrakt",
    "kid": "KID",
    "amount_ore": "Beløp",
    "due": "Forfall",
    "until": "Frist eller siste dag",
    "amends": "Gjelder (referanse)",
    "dated": "Datert",
    "received": "Mottatt",
    "code": "Kode",
    "ended": "Utflytting",
    "dwelling": "Bolig",
    "leased": "Leieavtalen gjelder fra",
    "rent_from": "Husleien gjelder fra",
}

# What a column of a step, or of a row of the register, is in the words of its kind.
STEP_NAMES: Mapping[tuple[str, str], str] = {
    ("reminder.sent", "date"): "Sendt",
    ("reminder.sent", "until"): "Siste dag for å betale",
    ("eviction_notice.sent", "date"): "Sendt",
    ("eviction_notice.sent", "dated"): "Datoen varselet bærer",
    ("eviction_notice.sent", "received"): "Mottatt av leietakeren",
    ("eviction_notice.sent", "until"): "Fristen i varselet",
    ("eviction_notice.sent", "amount_ore"): "Kravet i varselet",
    ("enforcement.requested", "date"): "Sendt namsmannen",
    ("enforcement.scheduled", "date"): "Berammet",
    ("enforcement.scheduled", "until"): "Dagen for fravikelse",
    ("payment_plan.agreed", "date"): "Avtalt",
    ("payment_plan.changed", "date"): "Gjelder fra",
    ("payment_plan.changed", "amends"): "Avtalen",
    ("payment_plan.ended", "amends"): "Avtalen",
    ("direct_debit.ended", "code"): "Hva som er stanset",
    (REGISTERED, "date"): "Innflytting",
    (REGISTERED, "amount_ore"): "Husleie per måned",
    (REGISTERED, "until"): "Leieavtalen gjelder til",
}
IN_KRONER = "må være et beløp i kroner, større enn 0 og høyst 10 milliarder, som 8 000,00"
CODE_NAMES: Mapping[str, str] = {"avtalegiro": "AvtaleGiro", "deduction": "Trekk i ytelse"}


def kind_name(kind: str) -> str:
    return KIND_NAMES.get(kind) or ROW_NAMES.get(kind, kind)


def column_name(column: str, kind: str = "") -> str:
    """As the kind of step calls it, where it has a word of its own."""
    return STEP_NAMES.get((kind, column)) or COLUMN_NAMES.get(column, column)


def asked_in_kroner(fault: Fault) -> str:
    """What is wrong, to who wrote an amount in kroner and not in øre as the file has it."""
    return IN_KRONER if fault.field == "amount_ore" and fault.message == NO_AMOUNT else fault.message


def said(faults: Iterable[Fault]) -> str:
    """In one sentence, without its full stop."""
    return "; ".join(f"{column_name(fault.field)} {fault.message}" for fault in faults)
