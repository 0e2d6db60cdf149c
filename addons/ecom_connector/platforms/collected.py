"""Orders whose tax a marketplace collects and pays as the deemed supplier."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from decimal import Decimal

from .documents import ZERO, LineDocument, OrderDocument, PaymentDocument, RefundDocument


def set_aside(document: OrderDocument, codes: Collection[str]) -> OrderDocument:
    """The order as far as it is ours: without the taxes ``codes``, which the marketplace collects and pays.

    Each line that had one keeps its amount as ``collected_tax``. Total, payments and refunds shrink alike, since
    that money never reaches the seller.
    """
    lines = tuple(_line(line, codes) for line in document.lines)
    taxes = tuple(summary for summary in document.taxes if summary.code not in codes)
    if not any(line.collected_tax is not None for line in lines):
        return document
    # Where nothing is left, the order's own figure says how much it was, whatever its taxes add up to.
    collected = (
        sum((summary.amount for summary in document.taxes if summary.code in codes), ZERO)
        if taxes
        else document.total_tax
    )
    return replace(
        document,
        lines=lines,
        taxes=taxes,
        total=document.total - collected,
        total_tax=document.total_tax - collected,
        payments=_payments(document.payments, collected),
        refunds=tuple(_refund(refund, lines) for refund in document.refunds),
    )


def _line(line: LineDocument, codes: Collection[str]) -> LineDocument:
    ours = tuple(tax for tax in line.taxes if tax.code not in codes)
    if len(ours) == len(line.taxes):
        return line
    kept = sum((tax.amount for tax in ours), ZERO)
    return replace(
        line,
        taxes=ours,
        collected_tax=line.tax - kept,
        list_tax=line.list_tax * kept / line.tax if ours and line.tax else ZERO,
    )


def _payments(payments: Iterable[PaymentDocument], collected: Decimal) -> tuple[PaymentDocument, ...]:
    """The payments without what was collected, taken from the last ones first."""
    left: list[PaymentDocument] = []
    for payment in reversed(tuple(payments)):
        taken = min(max(payment.amount, ZERO), collected)
        collected -= taken
        left.append(replace(payment, amount=payment.amount - taken))
    return tuple(reversed(left))


def _refund(refund: RefundDocument, lines: Iterable[LineDocument]) -> RefundDocument:
    """The refund without the tax that the marketplace gives back itself, in the proportion of each line's taxes."""
    shares = {
        line.external_id: line.collected_tax / (line.collected_tax + line.tax) for line in lines if line.collected_tax
    }
    kept = tuple(
        replace(line, tax=line.tax - (line.tax * shares.get(line.line_id, ZERO)).quantize(Decimal("0.01")))
        for line in refund.lines
    )
    given_back = sum((line.tax for line in refund.lines), ZERO) - sum((line.tax for line in kept), ZERO)
    return replace(refund, amount=refund.amount - given_back, lines=kept)
