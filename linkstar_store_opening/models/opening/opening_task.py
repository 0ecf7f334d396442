"""Tasks that an opening makes by itself: each at most once, by its key."""

from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

from odoo import fields, models

DONE = "1_done"
#: A day's task is due at this hour of the shop's site.
DUE_HOUR = 18


class ProjectTask(models.Model):
    _inherit = "project.task"

    opening_key = fields.Char(
        readonly=True, copy=False, help="What the task is about; one task each."
    )

    _opening_key_once = models.UniqueIndex(
        "(opening_key) WHERE opening_key IS NOT NULL",
        "This task stands already.",
    )

    @property
    def _system_fields(self):
        return super()._system_fields | {"opening_key"}

    def write(self, vals):
        """A finished task of a duty fulfils the duty, which then comes back."""
        result = super().write(vals)
        if vals.get("state") == DONE:
            self._fulfil_obligations()
        return result

    def _fulfil_obligations(self):
        keys = [key for key in self.sudo().mapped("opening_key") if key]
        ids = [int(key[11:]) for key in keys if key.startswith("obligation:")]
        duties = self.env["linkstar.obligation"].sudo().browse(ids).exists()
        duties.filtered(lambda duty: not duty.done_date)._fulfil()


class ProjectProject(models.Model):
    _inherit = "project.project"

    def _ensure_opening_task(self, key, name, day, description=None, user=None):
        """The task with this key, made if it does not stand yet (also if done)."""
        self.ensure_one()
        tasks = self.env["project.task"].sudo().with_context(active_test=False)
        found = tasks.search([("opening_key", "=", key)], limit=1)
        if found:
            return found
        return tasks.create(
            self._opening_task_values(key, name, day, description, user)
        )

    def _opening_task_values(self, key, name, day, description=None, user=None):
        owner = user or self.sudo().user_id
        return {
            "project_id": self.id,
            "opening_key": key,
            "name": name,
            "description": description,
            "user_ids": [fields.Command.set(owner.ids)],
            "date_deadline": self._end_of_work(day),
        }

    def _end_of_work(self, day):
        """Naive UTC moment of a day's end of work at the shop's site."""
        zone = ZoneInfo(self.sudo().store_id.marketplace_id.tz or "UTC")
        local = datetime.combine(day, time(DUE_HOUR), tzinfo=zone)
        return local.astimezone(timezone.utc).replace(tzinfo=None)
