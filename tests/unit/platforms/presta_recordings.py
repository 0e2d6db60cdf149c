"""Recorded answers of a real PrestaShop 8.1.2, and orders put together from them as the platform does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from platforms.base import REFUNDS_KEY
from platforms.prestashop import xml

ZONE = "Europe/Paris"


def body(contracts: Path, name: str) -> bytes:
    """The recorded body of an answer."""
    return (contracts / "prestashop" / "recordings" / f"{name}.xml").read_bytes()


def meta(contracts: Path, name: str) -> dict[str, Any]:
    """What a recording was asked, and its status."""
    found: dict[str, Any] = json.loads((contracts / "prestashop" / "recordings" / f"{name}.meta.json").read_text())
    return found


def records(contracts: Path, name: str) -> list[dict[str, Any]]:
    return xml.records(body(contracts, name))


def states(contracts: Path) -> dict[str, dict[str, Any]]:
    """The flags of the recorded states, without what the shop's settings know them as."""
    return {
        row["id"]: {**row, "_name": row["name"]["1"], "_template": row["template"]["1"]}
        for row in records(contracts, "10_order_states")
    }


def raw_orders(contracts: Path) -> list[dict[str, Any]]:
    """Every recorded order, as the platform would have completed it."""
    known = states(contracts)
    details = [*records(contracts, "12_order_details"), *records(contracts, "63_order_details_of")]
    slips = records(contracts, "65_order_slip_list")
    payments = records(contracts, "69_order_payments_of")
    taxes = {row["id"]: {**row, "_country": "FR"} for row in records(contracts, "20_taxes")}
    found = []
    for name in ("07_orders_full", "57_order_get_new", "60_order_after_states", "68_order_final"):
        for row in records(contracts, name):
            own = [
                {**one, "_taxes": [tax["id"] for tax in one["associations"]["taxes"]]}
                for one in details
                if one["id_order"] == row["id"]
            ]
            found.append(
                {
                    **row,
                    "_zone": ZONE,
                    "_currency": "EUR",
                    "_state": known.get(row["current_state"], {}),
                    "_details": own,
                    "_taxes": {key: taxes[key] for one in own for key in one["_taxes"]},
                    "_payments": [
                        {**one, "_currency": "EUR"} for one in payments if one["order_reference"] == row["reference"]
                    ],
                    "_billing": {"firstname": "Marie", "lastname": "Durand", "city": "Paris", "_country": "FR"},
                    "_customer": {"id": row["id_customer"], "email": "marie@example.com", "is_guest": "0"},
                    REFUNDS_KEY: [{**one, "_zone": ZONE} for one in slips if one["id_order"] == row["id"]],
                }
            )
    return found
