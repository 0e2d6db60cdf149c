"""A web service on 127.0.0.1 that answers JSON with JSON, as far as a test needs one."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class JsonService:
    """Subclasses say what is answered to whom; ``path`` is where they are called."""

    path = ""

    def __init__(self):
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                answered = service.answer(self.path, body)
                if not answered:
                    return self.connection.close()
                status, values = answered
                payload = json.dumps(values).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            def log_message(self, *args):
                """Keep the tests' output clean."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}{self.path}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path, body):
        """:return: (status, values), or ``None`` where the answer is lost"""
        return 404, {}

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
