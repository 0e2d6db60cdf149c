"""A carrier's label service on 127.0.0.1, with state: it sells once a key, refuses in words, or loses its answer."""

import base64

from odoo.addons.ecom_connector.tests.json_service import JsonService


class LabelService(JsonService):
    """``asked`` are the bodies of all calls, ``sold`` the labels by key; ``refuses`` are words, ``loses`` answers."""

    def __init__(self):
        self.asked, self.sold, self.refuses, self.loses = [], {}, "", 0
        super().__init__()

    def answer(self, path, body):
        if path.endswith("/cancel"):
            self.sold = {key: label for key, label in self.sold.items() if label != body["number"]}
            return 200, {"cancelled": True}
        self.asked.append(body)
        if self.refuses:
            return 422, {"error": self.refuses}
        number = self.sold.setdefault(body["key"], f"SB{len(self.asked):06d}")
        if self.loses:
            self.loses -= 1
            return None
        label = base64.b64encode(b"%PDF-1.4 " + number.encode()).decode()
        return 201, {"number": number, "price": "7.10", "label": label}
