"""Customer accounts as a real WooCommerce gave them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platforms.woocommerce import WooCommerce


def test_a_recorded_account(contracts: Path) -> None:
    recording = json.loads((contracts / "woocommerce" / "recordings" / "19_customer.json").read_text())
    profile = WooCommerce.parse_customer(recording["body"])
    customer = profile.customer
    assert (customer.external_id, customer.name, customer.email) == ("2", "Marie Durand", "marie@example.com")
    assert (customer.phone, profile.address.zip) == ("0102030405", "75001")
    assert not profile.shipping
    assert profile.changed_at and profile.changed_at.isoformat() == "2026-11-24T10:41:56+00:00"


def test_what_is_no_account_is_named() -> None:
    with pytest.raises(ValueError, match="id"):
        WooCommerce.parse_customer({"email": "x@example.com", "billing": None})
