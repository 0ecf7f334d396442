"""A batch of figures on its way into the table: checks and columns."""

from datetime import date, datetime, timezone

from odoo import fields
from odoo.tools import SQL

from ...engine.formula import MAX_NUMBER, MIN_NUMBER

BATCH = 20_000
#: Column of the table to its type; the source is one of ours, never free text.
COLUMNS = {
    "store_id": "int",
    "metric_id": "int",
    "date": "date",
    "listing_id": "int",
    "employee_id": "int",
    "value": "float8",
    "currency_id": "int",
    "source": "varchar",
    "as_of": "timestamp",
}


class FactRows:
    """Collect row dicts, check them column by column, give arrays for unnest.

    Work per row is kept to list appends, since hundreds of thousands pass here;
    what needs a look-up is looked up once per distinct value.
    """

    def __init__(self, env, strength):
        self.env = env
        self.strength = strength
        self.rows = []

    def __len__(self):
        return len(self.rows)

    def append(self, row):
        self.rows.append(row)

    def given(self):
        """The columns as ``SQL``: a query that gives the rows, checked.

        A column in which all rows agree, such as the source, is one value. Each
        other one travels as one array literal for unnest: a list of 20,000
        parameters would be parsed by PostgreSQL as 20,000 expressions.

        :raise ValueError: naming the values that are wrong
        """
        columns, names, arrays = [], [], []
        given = zip(COLUMNS.items(), self.columns(), strict=True)
        for (name, type_), column in given:
            distinct = set(column)
            # The first column is always an array: it says how many rows there are.
            if arrays and len(distinct) == 1:
                only = SQL("%s::%s", next(iter(distinct)), SQL(type_))
                columns.append(SQL("%s AS %s", only, SQL.identifier(name)))
            else:
                columns.append(SQL.identifier(name))
                names.append(SQL.identifier(name))
                literal = _array_literal(column, distinct)
                arrays.append(SQL("%s::%s", literal, SQL(f"{type_}[]")))
        comma = SQL(", ")
        return SQL(
            "SELECT %s FROM unnest(%s) AS g(%s)",
            comma.join(columns),
            comma.join(arrays),
            comma.join(names),
        )

    def columns(self):
        """Nine equally long lists in the order of the table; checks everything.

        :raise ValueError: naming the values that are wrong
        """
        rows = self.rows
        try:
            stores = [row["store_id"] for row in rows]
            codes = [row["metric"] for row in rows]
            dates = [row["date"] for row in rows]
            values = [row["value"] for row in rows]
        except KeyError as error:
            raise ValueError(
                self.env._("A figure lacks its %(field)s.", field=error.args[0])
            ) from None
        employees = [row.get("employee_id") or None for row in rows]
        sources = [row.get("source") or "manual" for row in rows]
        self._check_stores(stores)
        metrics = self._metric_ids(codes)
        listings = self._listing_ids(stores)
        self._check_employees(employees, stores)
        self._check_sources(sources)
        columns = [
            stores,
            metrics,
            self._dates(dates),
            listings,
            employees,
            self._values(values),
            self._currencies(stores, codes),
            sources,
            self._as_of(),
        ]
        return self._strongest_of_each(columns)

    # ------------------------------------------------------------------
    def _check_stores(self, stores):
        ids = set(stores)
        wrong = {store for store in ids if type(store) is not int}
        if not wrong:
            found = self.env["linkstar.store"].sudo().browse(ids).exists()
            wrong = ids - set(found._ids)
        if wrong:
            shown = ", ".join(sorted(map(str, wrong))[:10])
            raise ValueError(self.env._("There is no store %(values)s.", values=shown))

    def _metric_ids(self, codes):
        known = self.env["linkstar.metric"]._ids_by_code()
        try:
            return [known[code] for code in codes]
        except (KeyError, TypeError):
            wrong = {str(code) for code in codes} - set(known)
            shown = ", ".join(sorted(wrong)[:10])
            raise ValueError(
                self.env._(
                    "There is no metric %(values)s. See Settings, Metrics for the "
                    "codes.",
                    values=shown,
                )
            ) from None

    def _listing_ids(self, stores):
        rows = self.rows
        if not any("listing_id" in row or row.get("sku") for row in rows):
            return [None] * len(rows)
        wanted = {
            (row["store_id"], row["sku"])
            for row in rows
            if row.get("sku") and not row.get("listing_id")
        }
        by_sku = self._listings_by_sku(wanted)
        ids = [
            row.get("listing_id")
            or (by_sku[row["store_id"], row["sku"]] if row.get("sku") else None)
            or None
            for row in rows
        ]
        self._check_listings(ids, stores)
        return ids

    def _listings_by_sku(self, wanted):
        listings = self.env["linkstar.listing"].sudo().with_context(active_test=False)
        if not wanted:
            return {}
        found = listings.search_fetch(
            [
                ("store_id", "in", list({store for store, _sku in wanted})),
                (
                    "sku",
                    "in",
                    list({str(sku).replace("\0", "") for _store, sku in wanted}),
                ),
            ],
            ["store_id", "sku"],
        )
        by_sku = {(item.store_id.id, item.sku): item.id for item in found}
        missing = {str(sku) for store, sku in wanted if (store, sku) not in by_sku}
        if missing:
            shown = ", ".join(sorted(missing)[:10])
            raise ValueError(
                self.env._(
                    "No listing of the store has MSKU %(values)s. Create the listing "
                    "first.",
                    values=shown,
                )
            )
        return by_sku

    def _check_listings(self, ids, stores):
        listings = self.env["linkstar.listing"].sudo().with_context(active_test=False)
        found = listings.search_fetch(
            [("id", "in", list(set(ids) - {None}))], ["store_id"]
        )
        store_of = {item.id: item.store_id.id for item in found}
        wrong = {
            listing
            for listing, store in zip(ids, stores, strict=True)
            if listing and store_of.get(listing) != store
        }
        if wrong:
            shown = ", ".join(sorted(map(str, wrong))[:10])
            raise ValueError(
                self.env._("Listing %(values)s is not of that store.", values=shown)
            )

    def _check_employees(self, employees, stores):
        """People exist and work for the company of the store; else both look alike."""
        ids = set(employees) - {None}
        wrong = {item for item in ids if type(item) is not int}
        if ids and not wrong:
            people = self.env["hr.employee"].sudo().browse(ids).exists()
            company_of = {person.id: person.company_id.id for person in people}
            shops = self.env["linkstar.store"].sudo().browse(set(stores))
            own = {store.id: store.company_id.id for store in shops}
            wrong = {
                person
                for person, store in zip(employees, stores, strict=True)
                if person and company_of.get(person, 0) != own[store]
            }
        if wrong:
            shown = ", ".join(sorted(map(str, wrong))[:10])
            raise ValueError(
                self.env._("There is no employee %(values)s.", values=shown)
            )

    def _check_sources(self, sources):
        wrong = set(sources) - set(self.strength)
        if wrong:
            shown = ", ".join(sorted(map(str, wrong))[:10])
            raise ValueError(self.env._("There is no source %(values)s.", values=shown))

    def _dates(self, dates):
        known = {}
        for value in set(dates):
            try:
                known[value] = _to_date(value)
            except (TypeError, ValueError):
                raise ValueError(
                    self.env._(
                        "%(value)s is not a date of the form 2026-01-31.",
                        value=str(value)[:40],
                    )
                ) from None
        return [known[value] for value in dates]

    def _values(self, values):
        try:
            wrong = [v for v in values if not -MAX_NUMBER <= v <= MAX_NUMBER]
        except TypeError:
            wrong = [v for v in values if not isinstance(v, int | float)]
        if wrong:
            raise ValueError(
                self.env._(
                    "%(value)s is not a figure: use a finite number up to 1e15.",
                    value=str(wrong[0])[:40],
                )
            )
        # Dust below the smallest number of the formula language counts as zero.
        return [
            v if v >= MIN_NUMBER or v <= -MIN_NUMBER else 0.0
            for v in map(float, values)
        ]

    def _currencies(self, stores, codes):
        """Given currency, else that of the store, for amounts; none for the rest."""
        specs = self.env["linkstar.metric"]._specs()
        money = {code for code in set(codes) if specs[code].is_money}
        given = [row.get("currency_id") or None for row in self.rows]
        ids = set(given) - {None}
        currencies = self.env["res.currency"].sudo().with_context(active_test=False)
        if ids and (
            any(type(item) is not int for item in ids)
            or len(currencies.browse(ids).exists()) != len(ids)
        ):
            raise ValueError(
                self.env._(
                    "There is no currency %(values)s.",
                    values=", ".join(sorted(map(str, ids))[:10]),
                )
            )
        if not money:
            return [None] * len(given)
        store_ids = self.env["linkstar.store"].sudo().browse(set(stores))
        own = {store.id: store.currency_id.id or None for store in store_ids}
        return [
            (currency or own[store]) if code in money else None
            for currency, store, code in zip(given, stores, codes, strict=True)
        ]

    def _as_of(self):
        now = fields.Datetime.now()
        given = [row.get("as_of") for row in self.rows]
        known = {}
        for value in set(given):
            try:
                known[value] = _to_utc(value) if value else now
            except (OverflowError, TypeError, ValueError):
                raise ValueError(
                    self.env._(
                        "%(value)s is not a time of the form 2026-01-31 12:00:00.",
                        value=str(value)[:40],
                    )
                ) from None
        return [known[value] for value in given]

    def _strongest_of_each(self, columns):
        """Drop rows whose key comes again, keeping the strongest, then the last."""
        # A part in which all rows agree tells no two of them apart.
        parts = [column for column in columns[:5] if len(set(column)) > 1]
        keys = list(zip(*(parts or columns[:1]), strict=True))
        if len(set(keys)) == len(keys):
            return columns
        best, sources = {}, columns[7]
        for index, key in enumerate(keys):
            other = best.get(key)
            if (
                other is None
                or self.strength[sources[index]] >= self.strength[sources[other]]
            ):
                best[key] = index
        return [[column[index] for index in best.values()] for column in columns]


def _array_literal(column, distinct):
    """PostgreSQL's text of an array; each distinct value is written once."""
    if 2 * len(distinct) > len(column):
        return f"{{{','.join(['NULL' if v is None else str(v) for v in column])}}}"
    text = {value: "NULL" if value is None else str(value) for value in distinct}
    return f"{{{','.join([text[value] for value in column])}}}"


def _to_date(value):
    if isinstance(value, datetime):
        raise TypeError("a day, not a moment")
    if isinstance(value, date):
        return value
    return date.fromisoformat(value)


def _to_utc(value):
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        raise TypeError("a moment")
    return (
        value.astimezone(timezone.utc).replace(tzinfo=None) if value.tzinfo else value
    )
