"""What a daily brief says of each store: facts, stock-outs, late and blocked work."""

from collections import defaultdict
from datetime import timedelta

from odoo import fields
from odoo.tools import SQL

from odoo.addons.linkstar_project.engine import brief, reminder_steps

#: Figures older than this are no news: the brief says that there are none.
HORIZON_DAYS = 7
#: Lines of one kind a store; the rest is counted.
ITEMS = 5
CODES = ("gmv", "ad_spend")
#: Whom a finding belongs to: the first of these roles that somebody has.
OWNERS = {
    "out_of_stock": ("supply_chain", "buyer", "operator"),
    "suppressed": ("listing", "operator"),
}
CLOSED = ("1_done", "1_canceled")


class BriefFigures:
    """Figures of stores at one moment, read in a handful of queries.

    :param env: superuser environment; whoever calls has chosen the stores
    :param stores: ``linkstar.store`` records
    :param now: naive UTC datetime
    """

    def __init__(self, env, stores, now):
        self.env = env
        self.stores = stores
        self.now = now
        self.today = {s.id: reminder_steps.to_local(now, s.tz).date() for s in stores}

    def read(self):
        """Return one dict a store, in the stores' order.

        Keys: ``store`` (record), ``day`` (yesterday in the store's calendar),
        ``figures`` (``{code: {"value", "date", "age"}}``, value None where nothing was
        reported), ``as_of`` (naive UTC or None), ``out_of_stock`` and ``suppressed``
        (``{"date", "items": [{"name", "owner", "listing"}], "count"}`` or None: not
        reported), ``late`` and ``blocked`` (the same with ``task``), ``rounds``
        (``(done, all)`` of yesterday's checks).
        """
        figures = self._figures()
        as_of = self._as_of()
        stock = self._listings("stock_available", SQL("f.value <= 0"), "out_of_stock")
        hidden = self._listings("suppressed_sku_days", SQL("f.value > 0"), "suppressed")
        late, blocked = self._tasks()
        rounds = self._rounds()
        return [
            {
                "store": store,
                "day": self.today[store.id] - timedelta(days=1),
                "figures": figures[store.id],
                "as_of": as_of.get(store.id),
                "out_of_stock": stock.get(store.id),
                "suppressed": hidden.get(store.id),
                "late": self._shorten(late[store.id]),
                "blocked": self._shorten(blocked[store.id]),
                "rounds": rounds.get(store.id),
            }
            for store in self.stores
        ]

    # --- Facts ---

    def _figures(self):
        """The last reported figure of each code, by store, in its own currency."""
        self.env["linkstar.fact"].flush_model()
        found = defaultdict(lambda: defaultdict(list))
        first = min(self.today.values()) - timedelta(days=HORIZON_DAYS)
        for currency, stores in self.stores.grouped("currency_id").items():
            query = self.env["linkstar.metric"]._sql(
                list(CODES),
                group_by=("store_id", "date"),
                store_ids=stores.ids,
                date_from=first,
                date_to=max(self.today.values()),
                currency=currency.id,
            )
            for store_id, date, *values in self.env.execute_query(query):
                for code, value in zip(CODES, values, strict=True):
                    found[store_id][code].append((date, value))
        return {store.id: self._last(store, found[store.id]) for store in self.stores}

    def _last(self, store, by_code):
        day = self.today[store.id] - timedelta(days=1)
        said = {}
        for code in CODES:
            date, value = brief.latest(by_code[code], day)
            said[code] = {
                "value": value,
                "date": date,
                "age": brief.age_days(date, day),
            }
        return said

    def _as_of(self):
        """When the sources of these figures were last read, by store."""
        ids = self.env["linkstar.metric"]._ids_by_code()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT store_id, MAX(as_of) FROM linkstar_fact
                 WHERE metric_id = ANY(%(metrics)s) AND store_id = ANY(%(stores)s)
                   AND date >= %(first)s
                 GROUP BY store_id
                """,
                metrics=[ids[code] for code in CODES],
                stores=self.stores.ids,
                first=min(self.today.values()) - timedelta(days=HORIZON_DAYS),
            )
        )
        return dict(rows)

    def _listings(self, code, wrong, kind):
        """Listings with a wrong figure on the last day that was reported."""
        self.env["linkstar.listing"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH cover AS (
                    SELECT store_id, MAX(date) AS day FROM linkstar_fact
                     WHERE metric_id = %(metric)s AND store_id = ANY(%(stores)s)
                       AND listing_id IS NOT NULL
                       AND date BETWEEN %(first)s AND %(last)s
                     GROUP BY store_id
                )
                SELECT c.store_id, c.day, l.id, l.sku
                  FROM cover c
                  LEFT JOIN linkstar_fact f
                         ON f.store_id = c.store_id AND f.date = c.day
                        AND f.metric_id = %(metric)s AND f.employee_id IS NULL
                        AND f.listing_id IS NOT NULL AND %(wrong)s
                  LEFT JOIN linkstar_listing l
                         ON l.id = f.listing_id AND l.active
                        AND l.lifecycle IN ('new', 'active')
                 ORDER BY c.store_id, l.sku
                """,
                metric=self.env["linkstar.metric"]._ids_by_code()[code],
                stores=self.stores.ids,
                wrong=wrong,
                first=min(self.today.values()) - timedelta(days=HORIZON_DAYS),
                last=max(self.today.values()),
            )
        )
        found = {}
        for store_id, day, listing_id, sku in rows:
            entry = found.setdefault(store_id, {"date": day, "items": [], "count": 0})
            if listing_id:
                owner = self._owner(store_id, listing_id, OWNERS[kind])
                entry["items"].append(
                    {"name": sku, "listing": listing_id, "owner": owner}
                )
        return {store: self._cut(entry) for store, entry in found.items()}

    def _owner(self, store_id, listing_id, roles):
        """Name of whoever has one of ``roles``: of the listing, else of the store."""
        members = self._members()
        for role in roles:
            for scope in (listing_id, None):
                names = members.get((store_id, scope, role))
                if names:
                    return "、".join(names)
        return "、".join(self._leads[store_id].mapped("name"))

    def _members(self):
        if not hasattr(self, "_by_role"):
            member = self.env["linkstar.store.member"]
            day = self.now.date()
            rows = member._active_rows(self.stores.ids, day, day)
            self._leads = member._leads(self.stores.ids, day)
            users = self.env["res.users"].browse(
                {row["user_id"] for row in rows if row["user_id"]}
            )
            names = {user.id: user.name for user in users if user.active}
            roles = self.env["project.role"].search([])
            codes = {role.id: role.code for role in roles}
            self._by_role = defaultdict(list)
            for row in rows:
                name = names.get(row["user_id"])
                key = (row["store_id"], row["listing_id"], codes.get(row["role_id"]))
                if name and name not in self._by_role[key]:
                    self._by_role[key].append(name)
        return self._by_role

    # --- Work ---

    def _tasks(self):
        """Late and blocked tasks by store: the longest late first."""
        tasks = self.env["project.task"].search_fetch(
            [
                ("store_id", "in", self.stores.ids),
                ("project_id.is_live", "=", True),
                ("state", "not in", CLOSED),
                "|",
                ("date_deadline", "<", self.now),
                ("state", "=", "04_waiting_normal"),
            ],
            ["name", "state", "date_deadline", "store_id", "user_ids"],
            order="date_deadline, id",
        )
        late, blocked = defaultdict(list), defaultdict(list)
        for task in tasks:
            kind = blocked if task.state == "04_waiting_normal" else late
            kind[task.store_id.id].append(
                {
                    "name": task.name,
                    "task": task.id,
                    "owner": "、".join(task.user_ids.mapped("name")),
                    "deadline": task.date_deadline,
                }
            )
        return late, blocked

    def _rounds(self):
        """Yesterday's checks of rounds, done and due, by store."""
        days = {day - timedelta(days=1) for day in self.today.values()}
        groups = self.env["linkstar.round"]._read_group(
            [
                ("store_id", "in", self.stores.ids),
                ("date", "in", list(days)),
                ("state", "in", ("done", "missed")),
            ],
            ["store_id", "date:day"],
            ["done_count:sum", "step_count:sum"],
        )
        return {
            store.id: (done, due)
            for store, day, done, due in groups
            if fields.Date.to_date(day) == self.today[store.id] - timedelta(days=1)
        }

    def _shorten(self, items):
        return self._cut({"date": None, "items": items, "count": 0})

    def _cut(self, entry):
        entry["count"] = len(entry["items"])
        entry["items"] = entry["items"][:ITEMS]
        return entry
