"""Facts: figures per store, metric and day."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .fact_rows import BATCH, FactRows

#: How far a source is trusted; an equal or stronger one overwrites.
STRENGTH = {"manual": 10, "import": 20, "api": 30, "linkstar": 35, "amazon": 40}
MAX_IMPORT_ROWS = 20_000
#: What a row of an import hands on to _upsert as it is.
IMPORT_KEYS = {"metric", "date", "sku", "listing_id", "employee_id", "value", "as_of"}
#: What it may name beside; ``source`` is ignored, it is always the import's.
OTHER_KEYS = {"store", "store_id", "currency", "currency_id", "source"}


class LinkstarFact(models.Model):
    """One figure: store × metric × day, of a listing or a person if given.

    Ten million rows are usual, so there are no log columns and no ORM writes:
    :meth:`_upsert` is the only way in.
    """

    _name = "linkstar.fact"
    _description = "Figure"
    _log_access = False
    _order = "date desc, id desc"
    _rec_name = "metric_id"

    store_id = fields.Many2one("linkstar.store", required=True, ondelete="restrict")
    metric_id = fields.Many2one("linkstar.metric", required=True, ondelete="restrict")
    date = fields.Date(
        required=True, help="Day in the calendar of the store's marketplace."
    )
    listing_id = fields.Many2one(
        "linkstar.listing", ondelete="restrict", help="Empty: the whole store."
    )
    employee_id = fields.Many2one(
        "hr.employee", ondelete="restrict", help="Empty: nobody in particular."
    )
    # Whole-store and per-listing rows tell of the same units: no sum in lists.
    value = fields.Float(required=True, aggregator=None)
    currency_id = fields.Many2one("res.currency", ondelete="restrict")
    source = fields.Selection(
        [
            ("manual", "Entered by hand"),
            ("import", "Imported file"),
            ("api", "Other system"),
            ("linkstar", "LinkStar itself"),
            ("amazon", "Amazon"),
        ],
        required=True,
        default="manual",
    )
    as_of = fields.Datetime(string="As of", help="When the source was read.")
    grain = fields.Selection(
        [("store", "Whole store"), ("listing", "Listing"), ("person", "Person")],
        compute="_compute_grain",
    )
    # Transaction that last wrote the row, for _changed_since.
    change_xid = fields.Integer(string="Change")

    _key_uniq = models.UniqueIndex(
        "(store_id, metric_id, date, COALESCE(listing_id, 0),"
        " COALESCE(employee_id, 0))",
        "This figure exists already.",
    )
    _whole_store_idx = models.Index(
        "(metric_id, date, store_id) WHERE listing_id IS NULL AND employee_id IS NULL"
    )
    _date_idx = models.Index("(date, store_id)")
    _change_idx = models.Index("USING brin (change_xid)")

    @api.depends("listing_id", "employee_id")
    def _compute_grain(self):
        for fact in self:
            if fact.employee_id:
                fact.grain = "person"
            else:
                fact.grain = "listing" if fact.listing_id else "store"

    # ------------------------------------------------------------------
    # The way in
    # ------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        """Refused: figures come through imports and connections."""
        raise AccessError(self._closed_message())

    def write(self, vals):
        """Refused: figures come through imports and connections."""
        raise AccessError(self._closed_message())

    def _closed_message(self):
        return self.env._(
            "Figures are not edited one by one. Import them under Stores, Import "
            "figures, or let a connection deliver them."
        )

    @api.model
    def _upsert(self, rows, keep_others=False):
        """Write figures, set-based: insert new ones, update those that differ.

        A row is a dict: ``store_id``, ``metric`` (code), ``date`` (the store's own
        day), ``value`` (finite; at most 1e15), and optionally ``sku`` (""  = the
        whole store) or ``listing_id``, ``employee_id``, ``currency_id`` (of an
        amount, by default the store's), ``source`` (default ``manual``), ``as_of``
        (UTC, default now). Of rows with the same key the strongest, then the last
        one counts. Unchanged rows are not rewritten.

        :param rows: iterable of dicts; read in batches
        :param keep_others: True to leave rows of any other source untouched
        :return: number of rows inserted or changed
        :raise ValueError: naming what is wrong; then nothing was written
        """
        written, changed = 0, set()
        with self.env.cr.savepoint():
            batch = FactRows(self.env, STRENGTH)
            for row in rows:
                batch.append(row)
                if len(batch) >= BATCH:
                    written += self._write_batch(batch, keep_others, changed)
                    batch = FactRows(self.env, STRENGTH)
            if len(batch):
                written += self._write_batch(batch, keep_others, changed)
        if changed:
            self.invalidate_model()
            self._after_upsert(sorted(changed, key=str))
        return written

    def _write_batch(self, batch, keep_others, changed):
        """One statement for one batch; collect the keys of what changed.

        Each given row looks up its standing row once. ``ON CONFLICT`` alone would
        burn an id per standing row; here it only serves two writers at once.
        """
        statement = SQL(
            """
            WITH given AS (
                %(given)s
            ), matched AS (
                SELECT g.*, f.id AS fact_id,
                       (g.value, g.currency_id, g.source)
                       IS DISTINCT FROM (f.value, f.currency_id, f.source) AS differs,
                       %(may)s AS may
                  FROM given g
                  LEFT JOIN LATERAL (
                    SELECT id, value, currency_id, source
                      FROM linkstar_fact f
                     WHERE f.store_id = g.store_id AND f.metric_id = g.metric_id
                       AND f.date = g.date
                       AND COALESCE(f.listing_id, 0) = COALESCE(g.listing_id, 0)
                       AND COALESCE(f.employee_id, 0) = COALESCE(g.employee_id, 0)
                     LIMIT 1
                  ) f ON TRUE
            ), updated AS (
                UPDATE linkstar_fact f
                   SET value = m.value, currency_id = m.currency_id,
                       source = m.source, as_of = m.as_of, change_xid = %(xid)s
                  FROM matched m
                 WHERE f.id = m.fact_id AND m.differs AND m.may
             RETURNING f.store_id, f.metric_id, f.listing_id
            ), inserted AS (
                INSERT INTO linkstar_fact (store_id, metric_id, date, listing_id,
                       employee_id, value, currency_id, source, as_of, change_xid)
                SELECT store_id, metric_id, date, listing_id,
                       employee_id, value, currency_id, source, as_of, %(xid)s
                  FROM matched
                 WHERE fact_id IS NULL
                    ON CONFLICT DO NOTHING
             RETURNING store_id, metric_id, listing_id
            )
            SELECT store_id, metric_id, listing_id, count(*)
              FROM (SELECT * FROM updated UNION ALL SELECT * FROM inserted) hit
             GROUP BY 1, 2, 3
            """,
            given=batch.given(),
            may=SQL("f.source = g.source") if keep_others else self._not_weaker(),
            xid=SQL("(txid_current() %% 2147483648)::int"),
        )
        written = 0
        for *key, count in self.env.execute_query(statement):
            changed.add(tuple(key))
            written += count
        return written

    @staticmethod
    def _not_weaker():
        """SQL: the given source g may overwrite the standing row f."""
        ranks = SQL(" ").join(
            SQL("WHEN %s THEN %s", name, rank) for name, rank in STRENGTH.items()
        )
        return SQL("(CASE g.source %s END >= CASE f.source %s END)", ranks, ranks)

    def _after_upsert(self, changed):
        """Hook after figures changed: gates that wait for them may open.

        :param changed: list of (store_id, metric_id, listing_id or None)
        """
        self.env["linkstar.gate"]._open_by_facts(changed)

    # ------------------------------------------------------------------
    # What changed
    # ------------------------------------------------------------------
    @api.model
    def _changed_since(self, token=None):
        """Which figures were written since a token, for roll-ups.

        Rows of transactions that were open when the token was taken may come
        twice, never get lost.

        :param token: what the last call gave, or None for everything
        :return: (new token, list of (store_id, metric_id, first day, last day))
        """
        self.flush_model()
        new_token = self._change_token()
        # A token from the future: the database was restored or the counter wrapped.
        since = token if token is not None and token <= new_token else -1
        rows = self.env.execute_query(
            SQL(
                "SELECT store_id, metric_id, MIN(date), MAX(date) FROM linkstar_fact"
                " WHERE change_xid >= %s GROUP BY 1, 2",
                since,
            )
        )
        return new_token, rows

    @api.model
    @api.private
    def _change_token(self):
        """The token of this moment, for whoever reads all figures anyway."""
        ((token,),) = self.env.execute_query(
            SQL("SELECT txid_snapshot_xmin(txid_current_snapshot()) %% 2147483648")
        )
        return token

    # ------------------------------------------------------------------
    # Public twin
    # ------------------------------------------------------------------
    @api.model
    def import_rows(self, rows):
        """Write figures of stores the caller leads; the checked twin of _upsert.

        The source is always "imported file": figures that a connection or another
        source delivered stay as they are.

        :param rows: list of at most 20,000 dicts as for ``_upsert``; instead of
            ``store_id`` a row may give ``store`` (the store's code)
        :return: number of rows inserted or changed
        :raise AccessError: unless the caller leads every store named
        :raise UserError: naming what is wrong; then nothing was written
        """
        if not isinstance(rows, list | tuple) or len(rows) > MAX_IMPORT_ROWS:
            raise UserError(
                self.env._(
                    "Send a list of at most %(rows)s figures at a time.",
                    rows=MAX_IMPORT_ROWS,
                )
            )
        self.check_access("read")
        rows = self._rows_of_led_stores(rows)
        try:
            return self.sudo()._upsert(rows, keep_others=True)
        except ValueError as error:
            raise UserError(str(error)) from error

    def _rows_of_led_stores(self, rows):
        if not all(isinstance(row, dict) for row in rows):
            raise UserError(self.env._("Each figure must be an object with fields."))
        self._check_import_fields(rows)
        stores = self.env["linkstar.store"]
        codes = {str(row["store"]) for row in rows if row.get("store")}
        by_code = {s.code: s.id for s in stores.search([("code", "in", list(codes))])}
        missing = sorted(codes - set(by_code))
        if missing:
            raise UserError(
                self.env._(
                    "There is no store with code %(codes)s among yours.",
                    codes=", ".join(missing[:10]),
                )
            )
        checked = []
        for row in rows:
            store_id = by_code[str(row["store"])] if row.get("store") else None
            store_id = store_id or row.get("store_id")
            if type(store_id) is not int:
                raise UserError(
                    self.env._("Each figure needs store_id, or store with its code.")
                )
            checked.append(
                {key: row[key] for key in IMPORT_KEYS & row.keys()}
                | {"store_id": store_id, "source": "import"}
                | self._currency_of(row)
            )
        led = stores.browse({row["store_id"] for row in checked})
        if len(led.exists()) != len(led):
            raise AccessError(self.env._("Some of these stores do not exist."))
        led._check_lead()
        return checked

    def _check_import_fields(self, rows):
        """Refuse what would be dropped or is no plain value, by the field's name."""
        unknown = set().union(*rows) - IMPORT_KEYS - OTHER_KEYS
        if unknown:
            raise UserError(
                self.env._(
                    "A figure has no field %(fields)s. Use %(known)s.",
                    fields=", ".join(sorted(map(str, unknown))[:10]),
                    known=", ".join(sorted((IMPORT_KEYS | OTHER_KEYS) - {"source"})),
                )
            )
        for row in rows:
            for name, value in row.items():
                wrong = isinstance(value, list | tuple | dict | set)
                if name == "listing_id":
                    wrong = bool(value) and type(value) is not int
                if wrong:
                    raise UserError(
                        self.env._(
                            "%(field)s of a figure cannot be %(value)s.",
                            field=name,
                            value=str(value)[:40],
                        )
                    )

    def _currency_of(self, row):
        """``currency`` (code) or ``currency_id`` of an imported row, as an id."""
        if not row.get("currency"):
            return {"currency_id": row.get("currency_id") or False}
        name = str(row["currency"]).upper()
        currency_id = self.env["linkstar.metric"]._currency_ids().get(name)
        if not currency_id:
            raise UserError(
                self.env._(
                    "There is no currency %(currency)s. Use its three-letter code.",
                    currency=name,
                )
            )
        return {"currency_id": currency_id}
