"""Who is on leave right now."""

from odoo import api, fields, models
from odoo.tools import SQL


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.private
    def _linkstar_away(self, moment):
        """Return those of these users whose employee is on leave at ``moment``.

        :param moment: naive UTC datetime
        """
        if not self:
            return self
        self.env["resource.calendar.leaves"].flush_model()
        self.env["hr.employee"].flush_model(["user_id", "resource_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT r.user_id
                  FROM resource_calendar_leaves l
                  JOIN resource_resource r ON r.id = l.resource_id
                 WHERE r.user_id = ANY(%(users)s)
                   AND COALESCE(l.time_type, 'leave') = 'leave'
                   AND l.date_from <= %(moment)s AND l.date_to > %(moment)s
                """,
                users=self.ids,
                moment=fields.Datetime.to_datetime(moment),
            )
        )
        return self.browse(row[0] for row in rows)
