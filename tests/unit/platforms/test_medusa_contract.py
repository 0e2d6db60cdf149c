"""Medusa against the contract that every platform passes, on exchanges recorded from a real shop."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from contract import Delivery, PlatformContract
from local_servers import Answer, serving

from platforms.base import ShopTax
from platforms.medusa import Medusa
from platforms.transport import Transport

KEY = {"secret_key": "sk_of_the_contract_tests"}


def recorded(contracts: Path, name: str) -> Any:
    return json.loads((contracts / "medusa" / "recordings" / f"{name}.json").read_text())["body"]


class TestMedusa(PlatformContract):
    platform = Medusa
    credentials = KEY
    webhook_secret = "s3cret"

    @pytest.fixture
    def raw_orders(self, contracts: Path) -> list[dict[str, Any]]:
        """Orders in every state of a day: placed, captured, packed, shipped, returned, refunded, cancelled."""
        states = ("29_order_get", "31_fulfillment", "33_delivered", "42_order_after", "50_order_cancel")
        found = [recorded(contracts, name)["order"] for name in states]
        found += recorded(contracts, "57_orders_delta")["orders"]
        # Its returns were recorded apart from it.
        found[3] = found[3] | {"returns": recorded(contracts, "44_returns_list")["returns"]}
        # Recorded without asking for these, which do not come by themselves.
        return [{"currency_code": "eur", "created_at": order["updated_at"]} | order for order in found]

    @pytest.fixture
    def deliveries(self, contracts: Path) -> list[Delivery]:
        found = []
        for file in sorted((contracts / "medusa" / "recordings" / "webhooks").glob("*.json")):
            delivery = json.loads(file.read_text())
            body = json.dumps(delivery["body"], separators=(",", ":"), ensure_ascii=False).encode()
            assert len(body) == delivery["raw_len"], "the body is rebuilt as it came"
            found.append((delivery["headers"], body))
        return found

    @pytest.fixture
    def shop_taxes(self, contracts: Path) -> list[ShopTax]:
        region = recorded(contracts, "07_tax_region")["tax_region"]
        rates = [rate | {"tax_region": {"country_code": region["country_code"]}} for rate in region["tax_rates"]]
        with serving(lambda request, _: Answer({"tax_rates": rates, "count": len(rates)})) as server:
            return Medusa(server.url, KEY, Transport()).read_taxes()
