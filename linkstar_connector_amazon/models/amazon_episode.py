"""Episodes: conditions that last, told once."""

from odoo import fields, models

from ..engine.episodes import Episode, event_key, step


class LinkstarAmazonEpisode(models.Model):
    """How often a condition of a store began, and whether it lasts."""

    _name = "linkstar.amazon.episode"
    _description = "Amazon episode"
    _log_access = False
    _rec_name = "subject"
    _order = "changed_at desc, id desc"

    store_id = fields.Many2one(
        "linkstar.store", required=True, ondelete="cascade", readonly=True
    )
    type_code = fields.Char(string="Event type", required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    number = fields.Integer(required=True, readonly=True, aggregator=None)
    is_open = fields.Boolean(string="Lasts", required=True, readonly=True)
    changed_at = fields.Datetime(string="Since", readonly=True)

    _subject_uniq = models.UniqueIndex(
        "(store_id, type_code, subject)", "A condition of a subject is kept once."
    )

    def _observe(self, seen, now):
        """Note observations; emit an event for each condition that begins.

        :param seen: tuples ``(store id, event type, subject, holds, recovered,
            payload)``
        :param now: naive UTC of the observation
        :return: the events
        """
        known = self._known(seen)
        news, events = [], []
        for store_id, type_code, subject, holds, recovered, payload in seen:
            row = known.get((store_id, type_code, subject))
            before = Episode(row.number, row.is_open) if row else Episode()
            after, begins = step(before, holds, recovered)
            if after == before:
                continue
            values = {
                "number": after.number,
                "is_open": after.is_open,
                "changed_at": now,
            }
            if row:
                row.write(values)
            else:
                news.append(
                    {
                        "store_id": store_id,
                        "type_code": type_code,
                        "subject": subject,
                        **values,
                    }
                )
            if begins:
                events.append(
                    {
                        "store_id": store_id,
                        "type": type_code,
                        "key": event_key(subject, after.number),
                        "payload": payload,
                    }
                )
        self.sudo().create(news)
        return self.env["linkstar.event"]._emit_batch(events)

    def _known(self, seen):
        """Episodes that observations may concern, by store, type and subject."""
        rows = self.sudo().search(
            [
                ("store_id", "in", list({entry[0] for entry in seen})),
                ("type_code", "in", list({entry[1] for entry in seen})),
            ]
        )
        return {(row.store_id.id, row.type_code, row.subject): row for row in rows}
