"""A carrier's label service on 127.0.0.1, with state: it sells once a key, refuses in words, or loses its answer."""

import base64
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class LabelService:
    """``asked`` are the bodies of all calls, ``sold`` the labels by key; ``refuses`` are words, ``loses`` answers."""

    def __init__(self):
        self.asked, self.sold, self.refuses, self.loses = [], {}, "", 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.path.endswith("/cancel"):
                    service.sold = {key: label for key, label in service.sold.items() if label != body["number"]}
                    return self.answer(200, {"cancelled": True})
                service.asked.append(body)
                if service.refuses:
                    return self.answer(422, {"error": service.refuses})
                number = service.sold.setdefault(body["key"], f"SB{len(service.asked):06d}")
                if service.loses:
                    service.loses -= 1
                    return self.connection.close()
                label = base64.b64encode(b"%PDF-1.4 " + number.encode()).decode()
                return self.answer(201, {"number": number, "price": "7.10", "label": label})

            def answer(self, status, values):
                payload = json.dumps(values).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *args):
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
