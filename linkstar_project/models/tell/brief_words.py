"""A daily brief in words: lines for chats and mail, a table for Odoo."""

from markupsafe import Markup

from odoo.addons.linkstar_project.engine import brief, channel_formats, reminder_steps

KINDS = ("out_of_stock", "suppressed", "late", "blocked")


class BriefWords:
    """Say figures of :class:`BriefFigures` in a reader's language and clock.

    :param reader: ``res.users`` record whose context or profile has the language
    :param base: address of this Odoo
    :param tz: the clock to use instead of the reader's
    """

    def __init__(self, reader, base, tz=None):
        lang = reader.env.context.get("lang") or reader.lang
        self.env = reader.with_context(lang=lang).env
        self.base = base
        self.tz = tz or reader.tz

    def _names(self):
        _ = self.env._
        return {
            "out_of_stock": _("Out of stock"),
            "suppressed": _("Suppressed"),
            "late": _("Late"),
            "blocked": _("Blocked"),
        }

    # --- Lines ---

    def lines(self, stores):
        """Return ``channel_formats.Line`` objects: all stores first, then findings.

        A message that is cut short so loses details and no store.
        """
        found = [self._summary(row) for row in stores]
        for row in stores:
            for kind in KINDS:
                found += self._findings(row, kind)
        return found

    def _summary(self, row):
        store = row["store"]
        parts = [self._figure(row, "gmv"), self._figure(row, "ad_spend")]
        names = self._names()
        for kind in KINDS:
            entry = row[kind]
            count = "–" if entry is None else entry["count"]
            parts.append(f"{names[kind]} {count}")
        if row["rounds"]:
            done, due = row["rounds"]
            parts.append(self.env._("Rounds %(done)s/%(due)s", done=done, due=due))
        return channel_formats.Line(
            store.code,
            "; ".join(parts),
            self._as_of(row),
            f"{self.base}/odoo/linkstar.store/{store.id}",
        )

    def _figure(self, row, code):
        """Say a figure with its currency, and its day if that is not yesterday."""
        _ = self.env._
        name = {"gmv": _("Sales"), "ad_spend": _("Ad spend")}[code]
        figure = row["figures"][code]
        if figure["value"] is None:
            return _("%s: no data", name)
        currency = row["store"].currency_id
        text = brief.say_figure(figure["value"], currency.decimal_places)
        text = f"{name} {currency.name} {text}"
        if figure["age"]:
            text += _(
                " (of %(day)s, %(age)s days old)", day=figure["date"], age=figure["age"]
            )
        return text

    def _as_of(self, row):
        if not row["as_of"]:
            return self.env._("no data yet")
        local = reminder_steps.to_local(row["as_of"], self.tz)
        return self.env._("data as of %s", local.strftime("%m-%d %H:%M"))

    def _findings(self, row, kind):
        entry = row[kind]
        if not entry:
            return []
        name, nobody = self._names()[kind], self.env._("nobody")
        return [
            channel_formats.Line(
                f"{row['store'].code} {name}",
                item["name"],
                item["owner"] or nobody,
                self._link(item),
            )
            for item in entry["items"]
        ]

    def _link(self, item):
        if "task" in item:
            return f"{self.base}/odoo/linkstar-my-work?task={item['task']}"
        return f"{self.base}/odoo/linkstar.listing/{item['listing']}"

    # --- A table ---

    def html(self, stores):
        """Return the same as HTML, for the brief's own page."""
        if not stores:
            return Markup("<p class='text-muted'>%s</p>") % self.env._(
                "None of its stores is yours, or none is open."
            )
        return Markup("").join(self._card(row) for row in stores)

    def _card(self, row):
        names = self._names()
        figures = Markup("").join(
            Markup("<span class='me-3 text-nowrap'>%s</span>") % text
            for text in (self._figure(row, "gmv"), self._figure(row, "ad_spend"))
        )
        lists = Markup("")
        for kind in KINDS:
            entry = row[kind]
            count = "–" if entry is None else entry["count"]
            lists += Markup("<div><b>%s</b> %s</div>") % (names[kind], count)
            for line in self._findings(row, kind):
                lists += Markup(
                    "<div class='ms-3 text-break'><a href='%s'>%s</a> · %s</div>"
                ) % (line.link, line.title, line.date)
        return Markup(
            "<div class='border rounded p-2 mb-2 o_ls_brief_store'>"
            "<div><b>%s</b> <span class='text-muted small ms-2'>%s</span></div>"
            "<div>%s</div>%s</div>"
        ) % (row["store"].display_name, self._as_of(row), figures, lists)
