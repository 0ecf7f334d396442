"""The HTTP side: sockets, threads, and the ways in which a transport breaks."""

import socket
import struct
import sys
import threading
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .operations import Request
from .service import answer
from .state import Settings, World

MAX_BODY = 10_000_000


class Handler(BaseHTTPRequestHandler):
    """Reads a request, asks the world, writes the response."""

    protocol_version = "HTTP/1.1"
    server_version = "AmazonStandIn"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 60

    def handle_any(self):
        """Serve one request of any method."""
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            self.send_error(413)
            return
        query = parse_qs(parts.query, keep_blank_values=True)
        body = self.rfile.read(length)
        request = Request(self.command, parts.path, query, self.headers, body)
        response, faults = answer(self.server.world, request)
        for fault in faults:
            if getattr(self, f"_{fault.kind}")(response, fault.options):
                return
        self._write(response, response.body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def date_time_string(self, timestamp=None):
        """Return the ``Date`` header: the shop's time, as Amazon's would be its own."""
        return formatdate(self.server.world.clock.now(), usegmt=True)

    def log_message(self, format, *args):  # noqa: A002  (the base class's name)
        """Stay silent: the control API keeps the log."""

    def _write(self, response, body, length=None):
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    # --- faults of the transport; True: the response has been dealt with --------------

    def _slow(self, _response, options):
        self.server.world.stopping.wait(float(options.get("seconds", 2)))
        return False

    def _hang(self, _response, options):
        self.server.world.stopping.wait(float(options.get("seconds", 60)))
        self.close_connection = True
        return True

    def _reset(self, _response, _options):
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        return True

    def _cut_json(self, response, _options):
        self._write(response, response.body[: max(1, len(response.body) // 2)])
        return True

    def _wrong_length(self, response, _options):
        half = response.body[: max(1, len(response.body) // 2)]
        self._write(response, half, length=len(response.body) + 1000)
        self.close_connection = True
        return True


class Server(ThreadingHTTPServer):
    """The stand-in, listening on loopback."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, settings=None, port=0):
        """Bind to ``port`` (0: a free one); then ``start`` or ``serve_forever``."""
        self.world = World(settings or Settings())
        super().__init__(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.world.base_url = self.url
        self._thread = None

    def start(self):
        """Serve in a thread of this process."""
        # A short poll lets ``stop`` return at once.
        self._thread = threading.Thread(
            target=self.serve_forever, args=(0.02,), daemon=True
        )
        self._thread.start()
        return self

    def stop(self):
        """Stop serving and free the port; hanging connections are let go."""
        self.world.stopping.set()
        self.shutdown()
        self.server_close()
        if self._thread:
            self._thread.join(5)

    def handle_error(self, request, client_address):
        """Keep quiet about clients that hang up; show everything else."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)
