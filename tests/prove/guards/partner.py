"""The bank's partner on the other end of a call: takes each key once, answers after a while, keeps its own record."""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWERS_AFTER = 0.01  # seconds


class Quiet(ThreadingHTTPServer):
    """Callers are killed while they wait for their answer."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Partner:
    """`taken`: number by key. `requests`: how often it was asked."""

    def __init__(self) -> None:
        self.taken: dict[str, int] = {}
        self.requests = 0
        partner = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                if len(body := self.rfile.read(length)) < length:
                    return  # who asked has died in the middle: not asked
                partner.requests += 1
                partner.taken[self.headers["Idempotency-Key"]] = json.loads(body)["number"]
                time.sleep(ANSWERS_AFTER)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                """Nothing: what counts is in `taken`."""

        self._server = Quiet(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
