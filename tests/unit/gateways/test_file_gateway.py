"""Files of other processors: French and English CSV, XLSX, and errors that name line and column."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from gateway_support import check_payout, check_transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.base import gateway_class
from gateways.documents import TransactionDocument, TransactionKind
from gateways.file import FileMapping, payouts_of, read_file, read_table, suggest
from gateways.file.numbers import amount, moment

FRENCH = FileMapping(
    columns={
        "date": "Date d'opération",
        "amount": "Montant brut",
        "fee": "Commission",
        "net": "Montant net",
        "kind": "Type",
        "id": "Identifiant",
        "order": "Commande",
        "payout": "Remise",
    },
    currency="EUR",
    kinds={"Paiement": "charge", "Remboursement": "refund", "Abonnement": "fee", "Virement": "payout"},
    fees_negative=True,
)
CSV = """Date d'opération;Type;Identifiant;Commande;Montant brut;Commission;Montant net;Remise
01/10/2026 14:03;Paiement;P-1;1001;1 234,50;-12,35;1 222,15;R-7
01/10/2026 23:30;Paiement;P-2;1002;20,00 €;-0,50;19,50;R-7
02/10/2026;Remboursement;P-1;1001;(34,50);0,00;-34,50;R-7
02/10/2026;Abonnement;;;0,00;-9,90;-9,90;R-7
03/10/2026;Virement;R-7;;-1 197,25;;-1 197,25;
"""


def documents(text: str | bytes, mapping: FileMapping = FRENCH) -> list[TransactionDocument]:
    result = read_file(text if isinstance(text, bytes) else text.encode(), mapping)
    assert not result.problems
    found = [gateway_class("file").parse_transaction(json.loads(json.dumps(raw))) for raw in result.raws]
    for document in found:
        check_transaction(document)
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_french_file(encoding: str) -> None:
    paid, late, back, fee, payout = documents(CSV.encode(encoding))
    assert (paid.kind, paid.amount, paid.fee, paid.net) == (
        TransactionKind.CHARGE,
        Decimal("1234.50"),
        Decimal("12.35"),
        Decimal("1222.15"),
    )
    assert (paid.reference, paid.order_reference, paid.payout_id) == ("P-1", "1001", "R-7")
    assert paid.occurred_at == datetime(2026, 10, 1, 12, 3, tzinfo=timezone.utc), "written in Paris"
    assert late.occurred_at.day == 1
    assert (back.kind, back.amount, back.charge_id) == (TransactionKind.REFUND, Decimal("-34.50"), "P-1")
    assert (fee.kind, fee.amount, fee.fee) == (TransactionKind.FEE, Decimal("-9.90"), Decimal(0))
    assert payout.kind is TransactionKind.PAYOUT
    assert len({document.external_id for document in (paid, late, back, fee, payout)}) == 5


def test_a_payout_is_what_its_rows_add_up_to() -> None:
    found = documents(CSV)
    (payout,) = payouts_of(found)
    check_payout(payout)
    parts = [document.net for document in found if document.kind is not TransactionKind.PAYOUT]
    assert payout.amount == sum(parts) == Decimal("1197.25")
    assert payout.arrival_date == date(2026, 10, 3), "and not the day before, as midnight in Paris would be"
    assert payout.composed and payout.transaction_id


def test_the_same_file_twice_and_the_same_line_twice() -> None:
    again = CSV + "01/10/2026 23:30;Paiement;P-2;1002;20,00 €;-0,50;19,50;R-7\n"
    first, second = documents(CSV), documents(again)
    assert {document.external_id for document in first} < {document.external_id for document in second}
    assert len({document.external_id for document in second}) == 6


def test_every_error_names_line_and_column() -> None:
    lines = CSV.splitlines()
    lines[1] = lines[1].replace("01/10/2026 14:03", "31/02/2026")
    lines[2] = lines[2].replace("20,00 €", "20.00")
    lines[3] = lines[3].replace("-34,50;R-7", "-34,00;R-7")
    result = read_file("\n".join(lines).encode(), FRENCH)
    assert [(problem.line, problem.column) for problem in result.problems] == [
        (2, "Date d'opération"),
        (3, "Montant brut"),
        (4, "Montant net"),
    ]
    assert "31/02/2026" in result.problems[0].message and "20.00" in result.problems[1].message
    assert len(result.raws) == 2


def test_a_cell_over_several_lines_does_not_shift_the_numbers() -> None:
    mapping = FileMapping({"date": "date", "amount": "amount"}, currency="EUR", decimal_mark=".")
    text = 'date,amount,note\n2026-10-01,1.00,"two\nlines"\n2026-10-02,wrong,\n'
    assert [problem.line for problem in read_file(text.encode(), mapping).problems] == [4]


def test_a_spreadsheet() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Octobre"
    sheet.append(["Relevé"])
    sheet.append(["Date", "Credit", "Debit", "Fee", "Currency", "Order"])
    sheet.append([datetime(2026, 10, 1, 14, 3), 0.1 + 0.2, None, 0.01, "eur", 1001.0])
    sheet.append([datetime(2026, 10, 2), None, 12.5, None, "USD", "A-2"])
    sheet.append([None] * 6)
    sheet.append(["soon", 1, None, None, "EUR", None])
    kept = io.BytesIO()
    book.save(kept)
    columns = {"date": "Date", "credit": "Credit", "debit": "Debit", "fee": "Fee", "currency": "Currency"}
    mapping = FileMapping({**columns, "order": "Order"}, header_line=2, sheet="Octobre", timezone="UTC")
    result = read_file(kept.getvalue(), mapping)
    paid, back = (gateway_class("file").parse_transaction(raw) for raw in result.raws)
    assert (paid.amount, paid.net, paid.order_reference) == (Decimal("0.3"), Decimal("0.29"), "1001")
    assert (back.amount, back.kind, back.currency) == (Decimal("-12.5"), TransactionKind.REFUND, "USD")
    assert [(problem.line, problem.column) for problem in result.problems] == [(6, "Date")]
    with pytest.raises(ValueError, match="Novembre"):
        read_table(kept.getvalue(), sheet="Novembre")


def test_the_separator_is_that_of_the_headings_and_not_of_a_title_above_them() -> None:
    data = b'Releve; octobre; 2026\nDate,Montant\n01/10/2026,"1,00"\n'
    assert read_table(data, header_line=2).headings == ("Date", "Montant")


def test_a_first_mapping_is_suggested() -> None:
    found = suggest(
        read_table(b"Date;Type;Commande;Montant brut;Frais;Net;Devise\n1/10/2026;x;1;1.234,50;1,50;9,00;EUR")
    )
    assert found["columns"] == {
        "date": "Date",
        "kind": "Type",
        "order": "Commande",
        "amount": "Montant brut",
        "fee": "Frais",
        "net": "Net",
        "currency": "Devise",
    }
    assert found["decimal_mark"] == ","
    FileMapping.from_dict(found)
    assert suggest(read_table(b'Date,Amount\n2026-10-01,"1,234.50"'))["decimal_mark"] == "."


def test_a_mapping_is_kept_as_json() -> None:
    assert FileMapping.from_dict(json.loads(json.dumps(FRENCH.to_dict()))) == FRENCH


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"columns": {}},
        {"columns": {"date": "a"}},
        {"columns": {"date": "a", "amount": "b"}},
        {"columns": {"date": "a", "amount": "b", "colour": "c"}, "currency": "EUR"},
        {"columns": {"date": "a", "amount": "b"}, "currency": "EUR", "decimal_mark": ";"},
        {"columns": {"date": "a", "amount": "b"}, "currency": "EUR", "timezone": "Paris"},
        {"columns": {"date": "a", "amount": "b"}, "currency": "EUR", "kinds": {"x": "gift"}},
        {"columns": {"date": "a", "amount": "b"}, "currency": "EUR", "colour": "blue"},
    ],
)
def test_mappings_that_cannot_be_used(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        FileMapping.from_dict(values)


@pytest.mark.parametrize(
    ("text", "mark", "found"),
    [
        ("12,50", ",", "12.50"),
        ("1.234,50", ",", "1234.50"),
        ("1 234 567,5", ",", "1234567.5"),
        ("1\u202f234,50 €", ",", "1234.50"),
        ("1'234.50", ".", "1234.50"),
        ("$1,234.50", ".", "1234.50"),
        ("-$5.00", ".", "-5.00"),
        ("12,50-", ",", "-12.50"),
        ("\u221212,50", ",", "-12.50"),
        ("(12,50)", ",", "-12.50"),
        ("+3", ",", "3"),
        (",5", ",", "0.5"),
        ("", ",", "0"),
        (-5, ",", "-5"),
    ],
)
def test_amounts(text: Any, mark: str, found: str) -> None:
    assert amount(text, mark) == Decimal(found)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("12.50", ","),
        ("1,234.50", ","),
        ("1.23.456,00", ","),
        ("12,50,00", ","),
        ("abc", ","),
        ("1e5", "."),
        ("--5", ","),
        ("€", ","),
        (True, ","),
        (float("nan"), ","),
        (float("inf"), "."),
    ],
)
def test_what_is_no_amount(text: Any, mark: str) -> None:
    with pytest.raises(ValueError):
        amount(text, mark)


def test_dates() -> None:
    at = datetime(2026, 10, 4, 12, tzinfo=timezone.utc)
    assert (
        moment("2026-10-04", (), "UTC") == moment("04/10/2026", (), "UTC") == moment("04.10.26", ("%d.%m.%y",), "UTC")
    )
    assert moment("10/04/2026", ("%m/%d/%Y",), "UTC") == moment(date(2026, 10, 4), (), "UTC") == at
    assert moment("2026-10-04T14:00:00+02:00", (), "UTC") == at
    for wrong in ("", "2026-13-01", "yesterday", None, 46_000, "0001-01-01T01:00"):
        with pytest.raises(ValueError):
            moment(wrong, (), "Asia/Tokyo")


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", b"\x00\x01\x02", b"PK\x03\x04 not really", b"a;a\n1;2", b"\xff\xfe\x00"],
)
def test_files_that_cannot_be_read(data: bytes) -> None:
    with pytest.raises(ValueError):
        read_file(data, FRENCH)


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"Commission.*It has: Date"):
        read_file(CSV.replace("Commission", "Frais").encode(), FRENCH)


def test_the_file_of_a_carrier_that_collects() -> None:
    (raw, *_others) = read_file(CSV.encode(), FRENCH).raws
    carrier = gateway_class("cash_on_delivery")
    assert carrier.capabilities.files and carrier.parse_transaction(raw).amount == Decimal("1234.50")


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=120).map(lambda text: f"Date;Montant\n{text}".encode()))
def test_any_bytes(data: bytes) -> None:
    mapping = FileMapping({"date": "Date", "amount": "Montant"}, currency="EUR")
    try:
        result = read_file(data, mapping)
    except ValueError:
        return
    for raw in result.raws:
        check_transaction(gateway_class("file").parse_transaction(raw))
