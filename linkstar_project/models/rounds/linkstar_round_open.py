"""The day's rounds: opened after midnight, closed at the next one."""

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.linkstar_project.engine import rounds

#: Stores whose rounds are walked.
WALKED = ("active", "restricted")
COLUMNS = {
    "template_id": "int",
    "store_id": "int",
    "user_id": "int",
    "employee_id": "int",
    "role_id": "int",
    "date": "date",
    "opens_at": "timestamp",
    "closes_at": "timestamp",
}


class LinkstarRound(models.Model):
    _inherit = "linkstar.round"

    @api.model
    @api.private
    def _cron_rounds(self):
        """Close what midnight has overtaken, then open today's rounds."""
        now = fields.Datetime.now()
        self._cancel_outdated(now)
        self._close_overdue(now)
        self._open_due(now)

    @api.model
    @api.private
    def _open_due(self, now):
        """Open the rounds of everybody's current day; each stands once.

        A handful of queries whatever the number of stores and people.

        :param now: naive UTC datetime
        :return: how many are new
        """
        return self._insert_rounds(self._rows_due(now))

    @api.model
    def _rows_due(self, now):
        templates = (
            self.env["linkstar.round.template"]
            .sudo()
            .search([("line_ids", "!=", False)])
        )
        stores = self.env["linkstar.store"].sudo().search([("state", "in", WALKED)])
        walkers = self._walkers(templates, stores, now)
        rows, windows = [], {}
        for (template, store), users in walkers.items():
            for user in users:
                tz = user.tz or store.tz
                key = (template, tz)
                if key not in windows:
                    windows[key] = rounds.window(now, tz, template._engine_cadence())
                if windows[key]:
                    rows.append(self._round_row(template, store, user, windows[key]))
        return rows

    @api.model
    def _round_row(self, template, store, user, window):
        employees = user.employee_ids
        same = employees.filtered(lambda e: e.company_id == store.company_id)
        return {
            "template_id": template.id,
            "store_id": store.id,
            "user_id": user.id,
            "employee_id": (same or employees)[:1].id or None,
            "role_id": template.role_id.id,
            "date": window.day,
            "opens_at": window.opens_at,
            "closes_at": window.closes_at,
        }

    @api.model
    def _walkers(self, templates, stores, now):
        """Return ``{(template, store): users}``: who walks which round.

        People on leave are passed over, the store's leads step in; a round that
        nobody can walk is not opened.
        """
        members = self.env["linkstar.store.member"].sudo()
        today = now.date()
        by_role = members._resolve(templates.role_id.ids, stores.ids, today)
        leads = members._leads(stores.ids, today)
        nobody = self.env["res.users"].sudo()
        people = nobody.union(*by_role.values(), *leads.values()).sudo()
        away = people._linkstar_away(now)
        people.mapped("partner_id.tz")
        people.employee_ids.mapped("company_id")
        found = {}
        for template in templates:
            for store in stores.filtered(template._serves):
                role = by_role[template.role_id.id, store.id]
                if not role:
                    continue  # the store has no such role: nobody to ask
                present = (role - away) or (leads[store.id] - away)[:1]
                if template.who == "first":
                    present = present[:1]
                found[template, store] = people.browse(present.ids)
        return found

    @api.model
    def _insert_rounds(self, rows):
        """Insert rounds with their checks; those that stand stay. Returns the count."""
        if not rows:
            return 0
        self.env["linkstar.round.template.line"].flush_model()
        self.flush_model()
        arrays = SQL(", ").join(
            SQL("%s::" + kind + "[]", [row[name] for row in rows])
            for name, kind in COLUMNS.items()
        )
        new = self.env.execute_query(
            SQL(
                """
                INSERT INTO linkstar_round (%(names)s, state, step_count, done_count,
                       fault_count, rate, create_uid, create_date, write_uid,
                       write_date)
                SELECT row.*, 'open', 0, 0, 0, 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(arrays)s) AS row
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                names=SQL(", ").join(SQL.identifier(name) for name in COLUMNS),
                arrays=arrays,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        self._insert_checks([row[0] for row in new])
        self.env.invalidate_all()
        return len(new)

    @api.model
    def _insert_checks(self, round_ids):
        self.env.cr.execute(
            SQL(
                """
                WITH added AS (
                    INSERT INTO linkstar_round_check (round_id, store_id, line_id,
                           sequence, name, instruction, photo_required, result,
                           create_uid, create_date, write_uid, write_date)
                    SELECT r.id, r.store_id, l.id, l.sequence, l.name, l.instruction,
                           l.photo_required, 'todo', %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM linkstar_round r
                      JOIN linkstar_round_template_line l
                        ON l.template_id = r.template_id
                     WHERE r.id = ANY(%(ids)s)
                    RETURNING round_id
                )
                UPDATE linkstar_round r SET step_count = n.count
                  FROM (SELECT round_id, COUNT(*) AS count FROM added
                         GROUP BY round_id) n
                 WHERE r.id = n.round_id
                """,
                ids=round_ids,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )

    @api.model
    @api.private
    def _close_overdue(self, now):
        """Midnight has passed: what is not done is missed, and the figures are told.

        :return: the rounds that were closed
        """
        overdue = self.sudo().search([("state", "=", "open"), ("closes_at", "<=", now)])
        overdue.write({"state": "missed"})
        ended = overdue | self.sudo().search(
            [
                ("state", "=", "done"),
                ("closes_at", "<=", now),
                ("closes_at", ">", fields.Datetime.subtract(now, days=3)),
            ]
        )
        ended._write_facts(now)
        return overdue

    @api.model
    @api.private
    def _cancel_outdated(self, now):
        """Open rounds of closed stores and of people who left count for nobody."""
        standing = self.sudo().search([("state", "=", "open")])
        gone = standing.filtered(
            lambda r: r.store_id.state not in WALKED
            or not r.store_id.active
            or not r.user_id.active
        )
        for user, mine in (standing - gone).grouped("user_id").items():
            own = set(user._linkstar_store_ids())
            gone |= mine.filtered(lambda r, own=own: r.store_id.id not in own)
        gone.write({"state": "cancelled"})
        return gone
