"""The sandbox's carrier: labels that are sold once."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from sandbox.carrier.site import CarrierSite
from sandbox.server import Sandbox

RECIPIENT = {"name": "Marie Durand", "street": "1 rue de la Paix", "zip": "75002", "city": "Paris", "country": "FR"}
ORDER: dict[str, Any] = {"key": "k1", "reference": "WH/OUT/00001", "weight": 1.2, "recipient": RECIPIENT}


def carrier(state: Path | None = None) -> Client:
    sandbox = Sandbox(state)
    sandbox.sites.append(CarrierSite(sandbox))
    return Client(sandbox)


def test_the_same_key_gives_the_same_label_and_a_cancelled_one_is_sold_anew() -> None:
    client = carrier()
    first, again = (client.post("/carrier/labels", json=ORDER) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json == again.json
    assert base64.b64decode(first.json["label"]).startswith(b"%PDF")
    client.post("/carrier/cancel", json={"number": first.json["number"]})
    other = client.post("/carrier/labels", json=ORDER)
    assert (other.status_code, other.json["number"] != first.json["number"]) == (201, True)
    assert [label["cancelled"] for label in client.get("/sandbox/carrier/labels").json["labels"]] == [True, False]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weight": 0}, "The weight is missing."),
        ({"weight": 31}, "Parcels weigh 30 kg at most."),
        ({"recipient": RECIPIENT | {"zip": "7500"}}, "7500 is no postcode of France."),
        ({"recipient": RECIPIENT | {"city": ""}}, "The recipient has no town."),
        ({"recipient": None}, "The recipient is missing."),
        ({"key": ""}, "A key is missing."),
    ],
)
def test_it_refuses_in_its_own_words(change: dict[str, Any], words: str) -> None:
    client = carrier()
    refused = client.post("/carrier/labels", json=ORDER | change)
    assert (refused.status_code, refused.json) == (422, {"error": words})
    assert client.get("/sandbox/carrier/labels").json["count"] == 0


def test_a_lost_answer_is_a_label_that_was_sold() -> None:
    client = carrier()
    fault = {"kind": "lost_answer", "path": "/carrier/labels", "times": 1, "status": 502}
    client.post("/sandbox/faults", json=fault)
    assert client.post("/carrier/labels", json=ORDER).status_code == 502
    assert client.post("/carrier/labels", json=ORDER).status_code == 200
    assert client.get("/sandbox/carrier/labels").json["count"] == 1


def test_labels_survive_a_restart(tmp_path: Path) -> None:
    number = carrier(tmp_path).post("/carrier/labels", json=ORDER).json["number"]
    assert carrier(tmp_path).post("/carrier/labels", json=ORDER).json["number"] == number
    assert b"on its way" in carrier(tmp_path).get(f"/carrier/track/{number}").data
