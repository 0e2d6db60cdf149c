"""VIES on 127.0.0.1, with state: numbers are valid, invalid, or their register is down; or nobody answers at all."""

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class ViesService:
    """``numbers`` says of each number "valid", "invalid" or "down"; ``slow`` are the seconds that it thinks."""

    def __init__(self):
        self.numbers, self.slow, self.broken, self.asked = {}, 0.0, False, []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                number = body["countryCode"] + body["vatNumber"]
                service.asked.append((number, body.get("requesterNumber")))
                time.sleep(service.slow)
                state = "broken" if service.broken else service.numbers.get(number, "invalid")
                answer = {"actionSucceed": False, "errorWrappers": [{"error": "MS_UNAVAILABLE"}]}
                if state in ("valid", "invalid"):
                    answer = {
                        "countryCode": body["countryCode"],
                        "vatNumber": body["vatNumber"],
                        "valid": state == "valid",
                        "requestIdentifier": "WAPIAAAAX" if state == "valid" else "",
                        "name": "MUSTER GMBH" if state == "valid" else "---",
                    }
                payload = json.dumps(answer).encode()
                self.send_response(500 if state == "broken" else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *args):
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/check-vat-number"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
