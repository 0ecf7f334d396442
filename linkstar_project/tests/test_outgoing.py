"""The door to the network: closed for copies and for foreign addresses."""

import http.server
import os
import socket
import threading
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged

from odoo.addons.linkstar_project.models.trust import outgoing

SUFFIXES = ("feishu.cn", "example.com")


class _Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.server.seen.append(
            (self.path, self.rfile.read(int(self.headers["Content-Length"])))
        )
        status = 302 if self.path == "/moved" else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/secret")
        self.end_headers()
        self.wfile.write(b"x" * (3 * 1024 * 1024 if self.path == "/big" else 2))

    def log_message(self, *args):
        """Say nothing."""


@tagged("post_install", "-at_install")
class TestOutgoing(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Receiver)
        cls.server.seen = []
        cls.base = f"http://127.0.0.1:{cls.server.server_port}"
        thread = threading.Thread(target=cls.server.serve_forever, daemon=True)
        thread.start()
        cls.addClassCleanup(cls.server.server_close)
        cls.addClassCleanup(cls.server.shutdown)
        settings = {
            "LINKSTAR_LIVE_DATABASES": cls.env.cr.dbname,
            "LINKSTAR_TEST_ADDRESSES": cls.base,
        }
        cls.startClassPatcher(patch.dict(os.environ, settings))

    def send(self, url):
        return outgoing.send(self.env, "POST", url, SUFFIXES, body=b"hi")

    def resolving_to(self, ip):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443))]
        return patch.object(socket, "getaddrinfo", return_value=found)

    def test_a_database_not_named_live_calls_nobody(self):
        with patch.dict(os.environ, {"LINKSTAR_LIVE_DATABASES": "production"}):
            with self.assertRaisesRegex(outgoing.OutgoingBlocked, "not named live"):
                self.send(self.base)
        self.assertFalse(self.server.seen)

    def test_a_neutralised_database_calls_nobody_even_if_named(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        with self.assertRaisesRegex(outgoing.OutgoingBlocked, "neutralised"):
            self.send(self.base)

    def test_foreign_plain_and_private_addresses_are_refused(self):
        for url in (
            "http://open.feishu.cn/hook",
            "https://evil.test/hook",
            "https://notfeishu.cn/hook",
            "https://user:pass@open.feishu.cn/hook",
            "https://127.0.0.1/hook",
            "https://[::1]/hook",
            "http://localhost:1/",
            "ftp://open.feishu.cn/",
            "https://open.feishu.cn:99999/",
        ):
            with self.subTest(url), self.assertRaises(outgoing.OutgoingBlocked):
                outgoing.resolve(self.env, url, SUFFIXES)

    def test_a_listed_name_that_points_inside_is_refused(self):
        for ip in ("10.0.0.5", "127.0.0.1", "169.254.169.254", "192.168.1.1"):
            with self.resolving_to(ip), self.assertRaises(outgoing.OutgoingBlocked):
                outgoing.resolve(self.env, "https://open.feishu.cn/hook", SUFFIXES)

    def test_the_checked_address_is_the_one_to_connect_to(self):
        with self.resolving_to("93.184.216.34"):
            address = outgoing.resolve(
                self.env, "https://open.feishu.cn/hook?key=1", SUFFIXES
            )
        self.assertEqual(address.ip, "93.184.216.34")
        self.assertEqual(address.host, "open.feishu.cn")
        self.assertEqual(address.target, "/hook?key=1")

    def test_a_test_address_must_lie_on_this_machine(self):
        with patch.dict(os.environ, {"LINKSTAR_TEST_ADDRESSES": "http://10.0.0.5:80"}):
            self.assertFalse(outgoing.test_bases())

    def test_sending_neither_follows_redirects_nor_reads_without_end(self):
        answer = self.send(f"{self.base}/moved")
        self.assertEqual(answer.status, 302)
        answer = self.send(f"{self.base}/big")
        self.assertEqual(len(answer.body), outgoing.ANSWER_LIMIT)
        self.assertEqual(self.server.seen[-1], ("/big", b"hi"))

    def test_what_was_not_reached_was_not_sent(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            base = f"http://127.0.0.1:{free.getsockname()[1]}"
        with patch.dict(os.environ, {"LINKSTAR_TEST_ADDRESSES": base}):
            with self.assertRaises(outgoing.NotSent) as caught:
                self.send(f"{base}/hook?key=secret")
        self.assertNotIn("secret", str(caught.exception))
