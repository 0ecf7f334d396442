"""No buyer's data and no secret stays anywhere, whatever Amazon sends."""

import logging
import traceback
from pathlib import Path

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from odoo.addons.linkstar_connector_amazon import client
from odoo.addons.linkstar_connector_amazon.exceptions import CallFailed

from .common import AmazonCase

# What the stand-in sends as the names, addresses, phones and messages of buyers.
MARKER = "PII-MARKER"


class Lines(logging.Handler):
    """Everything that any logger says, tracebacks included."""

    def __init__(self):
        super().__init__(level=logging.DEBUG)
        self.texts = []

    def emit(self, record):
        self.texts.append(record.getMessage())
        if record.exc_info:
            self.texts.append("".join(traceback.format_exception(*record.exc_info)))


@tagged("post_install", "-at_install")
class TestSafety(AmazonCase):
    """A full sync, then a look everywhere."""

    settings = {"history_days": 12, "scale": 0.1, "report_seconds": 0}

    def sync(self):
        """Run every stream until it is done, waits, or fails."""
        for stream in self.account.stream_ids.sorted("sequence"):
            for _try in range(40):
                state = self.account.run_stream(stream.code)["state"]
                if state not in ("more", "waiting"):
                    break
                self.env["linkstar.amazon.bucket"].sudo().search([]).unlink()
                self.advance(minutes=1)

    def holding(self, words):
        """Columns of any table that hold one of the words, ``(table, column)``."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT c.table_name, array_agg(c.column_name::text)"
            "  FROM information_schema.columns c"
            "  JOIN information_schema.tables t USING (table_schema, table_name)"
            " WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'"
            "   AND c.data_type IN ('text', 'character varying', 'jsonb', 'json',"
            "       'bytea')"
            " GROUP BY c.table_name"
        )
        found = []
        patterns = [f"%{word}%" for word in words]
        for table, columns in self.env.cr.fetchall():
            text = " || ' ' || ".join(
                f"coalesce(\"{column}\"::text, '')" for column in columns
            )
            self.env.cr.execute(
                f'SELECT 1 FROM "{table}" WHERE {text} LIKE ANY (%s) LIMIT 1',
                [patterns],
            )
            if self.env.cr.fetchone():
                found.append(table)
        return found

    def files_holding(self, words):
        """Files of the filestore that hold one of the words."""
        folder = Path(config.filestore(self.env.cr.dbname))
        return [
            path
            for path in folder.rglob("*")
            if path.is_file()
            and any(word.encode() in path.read_bytes() for word in words)
        ]

    def secrets(self):
        return [
            self.seller_account.refresh_token,
            self.seller_account.ads_refresh_token,
            self.world.applications[0].client_secret,
        ]

    def test_the_search_finds_what_is_there(self):
        self.account.name = f"{MARKER} here"
        self.assertIn("linkstar_amazon_account", self.holding([MARKER]))

    def test_after_a_full_sync_no_buyer_is_in_the_database_or_the_files(self):
        self.amazon.fault("buyer_data", "*", count=None)
        self.sync()
        sent = [c for c in self.amazon.calls() if "buyer_data" in (c["faults"] or ())]
        self.assertGreater(len(sent), 0)
        for call in self.amazon.calls():
            self.assertNotRegex(
                str(call["params"]), "BUYER|RECIPIENT", "never asked for"
            )
        orders = self.env["linkstar.amazon.order"].search_count([])
        self.assertGreater(orders, 20)
        self.assertEqual(self.holding([MARKER]), [])
        self.assertEqual(self.files_holding([MARKER]), [])

    def test_after_a_full_sync_no_secret_is_in_the_database_or_the_files(self):
        for kind in ("error_403", "error_500", "html_503"):
            self.amazon.fault(kind, "*", after=3)
        with mute_logger("odoo.addons.linkstar_connector_amazon"):
            self.sync()
        words = [*self.secrets(), *self.world.lwa.access]
        self.assertEqual(self.holding(words), [])
        self.assertEqual(self.files_holding(words), [])

    def test_no_log_line_and_no_traceback_carries_a_secret_or_a_query(self):
        lines, root = Lines(), logging.getLogger()
        loggers = [root, logging.getLogger("httpx")]
        levels = [logger.level for logger in loggers]
        root.addHandler(lines)
        try:
            # Somebody wants to know everything.
            root.setLevel(logging.DEBUG)
            loggers[1].setLevel(logging.INFO)
            for operation in ("searchOrders", "lwa.token", "getInventorySummaries"):
                for kind in ("error_403", "cut_json", "reset"):
                    client.forget_tokens()
                    self.amazon.fault(kind, operation)
                    self.account.run_stream("orders")
                    self.account.run_stream("inventory")
                    self.amazon.clear_faults()
            self.seller_account.revoked = True
            client.forget_tokens()
            try:
                self.account._read_participations()
            except Exception:
                lines.texts.append(traceback.format_exc())
        finally:
            self.seller_account.revoked = False
            root.removeHandler(lines)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
        text = "\n".join(lines.texts)
        for word in (*self.secrets(), *self.world.lwa.access, "lastUpdatedAfter="):
            self.assertNotIn(word, text)

    def test_copies_and_exports_carry_no_secret(self):
        self.env.flush_all()
        copied = self.account.copy_data()[0]
        exported = self.account.export_data(
            ["name", "typed_token", "typed_ads_token", "application_id/typed_secret"]
        )
        for word in self.secrets():
            self.assertNotIn(word, str(copied))
            self.assertNotIn(word, str(exported))
        self.assertNotIn("typed_token", copied)

    def test_no_button_of_a_neutralised_database_calls(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        self.amazon.control("DELETE", "calls")
        stream = self.stream("orders")
        stream.sudo().next_run = fields.Datetime.now()
        for button in (
            self.account.action_read_marketplaces,
            self.account.action_test_connection,
            self.account.action_run_now,
            self.account.action_backfill,
            stream.action_run_now,
            stream.action_test_connection,
            lambda: self.account.run_stream("orders"),
            lambda: self.account._accept_consent("code", "seller"),
        ):
            try:
                button()
            except Exception as error:
                # Refused in words, and not by an accident.
                self.assertNotIsInstance(error, (CallFailed, KeyError, TypeError))
        self.assertEqual(self.amazon.calls(), [])
