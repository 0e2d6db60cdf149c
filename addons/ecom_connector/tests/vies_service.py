"""VIES on 127.0.0.1, with state: numbers are valid, invalid, or their register is down; or nobody answers at all."""

import time

from .json_service import JsonService


class ViesService(JsonService):
    """``numbers`` says of each number "valid", "invalid" or "down"; ``slow`` are the seconds that it thinks."""

    path = "/check-vat-number"

    def __init__(self):
        self.numbers, self.slow, self.broken, self.asked = {}, 0.0, False, []
        super().__init__()

    def answer(self, path, body):
        number = body["countryCode"] + body["vatNumber"]
        self.asked.append((number, body.get("requesterNumber")))
        time.sleep(self.slow)
        state = "broken" if self.broken else self.numbers.get(number, "invalid")
        values = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}
        if state in ("valid", "invalid"):
            values = {
                "countryCode": body["countryCode"],
                "vatNumber": body["vatNumber"],
                "valid": state == "valid",
                "requestIdentifier": "WAPIAAAAX" if state == "valid" else "",
                "name": "MUSTER GMBH" if state == "valid" else "---",
            }
        return (500 if state == "broken" else 200), values
