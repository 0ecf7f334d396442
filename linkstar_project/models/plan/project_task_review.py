"""A second person: who approves review points and what nobody settles alone."""

from odoo import fields, models
from odoo.exceptions import UserError

APPROVED = "03_approved"
DONE = "1_done"


class ProjectTask(models.Model):
    _inherit = "project.task"

    def _linkstar_own(self):
        """Those of these tasks that the person behind the user is assigned to."""
        person = self.env.user._linkstar_same_person()
        own = self.sudo().filtered(lambda task: task.user_ids & person)
        return own.with_env(self.env)

    def _linkstar_needs_second(self):
        """Whether somebody else must agree; the system and administrators need none."""
        return not self.env.su and not self.env.user.has_group(
            "linkstar_project.group_admin"
        )

    def _linkstar_second_people(self):
        """Names of the store's leads who do not do this task, as one text."""
        task = self.sudo()[:1]
        leads = task.env["linkstar.store.member"]._leads(
            task.store_id.ids, fields.Date.today()
        )
        others = leads.get(task.store_id.id, task.user_ids.browse())
        others -= task.user_ids._linkstar_same_person()
        others -= self.env.user._linkstar_same_person()
        return ", ".join(others.mapped("name")) or self.env._("an administrator")

    # -- review points -----------------------------------------------------------

    def _linkstar_check_review(self, vals):
        """A review point is done only after a lead who does not do it approved it.

        :param vals: values of a write
        :raises UserError: not approved yet (says whom to ask), or one's own work
        :raises AccessError: approved by somebody who leads no such store
        """
        target = vals.get("state")
        if self.env.su or target not in (APPROVED, DONE):
            return
        points = self.sudo().filtered(lambda t: t.is_review and t.state != target)
        points = points.with_env(self.env)
        if target == DONE:
            points._linkstar_refuse_unapproved()
            return
        points.sudo().store_id.with_env(self.env)._check_lead()
        own = points._linkstar_own() if self._linkstar_needs_second() else points[:0]
        if own:
            raise UserError(
                self.env._(
                    "%(task)s is your own task: ask %(people)s to approve it.",
                    task=own[0].sudo().name,
                    people=own[0]._linkstar_second_people(),
                )
            )

    def _linkstar_refuse_unapproved(self):
        waiting = self.filtered(lambda task: task.sudo().state != APPROVED)
        if waiting:
            raise UserError(
                self.env._(
                    "%(task)s is a review point: a lead who does not do it approves "
                    "the work before it is done. Ask %(people)s to set its state to "
                    "Approved, then finish it.",
                    task=waiting[0].sudo().name,
                    people=waiting[0]._linkstar_second_people(),
                )
            )

    # -- late work stays with its owner --------------------------------------------

    def _linkstar_own_late(self):
        """Counted tasks of the user that are, or were finished, late."""
        now = fields.Datetime.now()

        def is_late(task):
            deadline = task.first_deadline or task.date_deadline
            return deadline and (task.done_date or now) > deadline

        late = self._linkstar_counted().filtered(is_late)
        return late.with_env(self.env)._linkstar_own()

    def _linkstar_refuse_closing_late(self):
        """Refuse a closing that would take the closer's late work off their score."""
        if not self._linkstar_needs_second():
            return
        late = self._linkstar_own_late()
        if late:
            raise UserError(
                self.env._(
                    "%(task)s is your own task and late: closing would take it off "
                    "your score. Finish it first, or ask %(people)s to close "
                    "%(project)s.",
                    task=late[0].sudo().name,
                    people=late[0]._linkstar_second_people(),
                    project=late[0].sudo().project_id.name,
                )
            )

    def _linkstar_refuse_leaving_late(self, value):
        """Refuse that people take themselves off their own late tasks.

        :param value: what is written to ``user_ids``
        """
        person = set(self.env.user._linkstar_same_person().ids)
        left = self._linkstar_own_late().filtered(
            lambda task: not person & _ids_after(task.sudo().user_ids.ids, value)
        )
        if left:
            raise UserError(
                self.env._(
                    "%(task)s is your own task and late: ask %(people)s to give it "
                    "to somebody else.",
                    task=left[0].sudo().name,
                    people=left[0]._linkstar_second_people(),
                )
            )


def _ids_after(ids, value):
    """The ids of a many2many after writing ``value`` to it.

    >>> sorted(_ids_after([1, 2], [(3, 1), (4, 7)]))
    [2, 7]
    >>> _ids_after([1, 2], [5]), _ids_after([1], False)
    ({5}, set())
    """
    if isinstance(value, models.BaseModel):
        return set(value.ids)
    commands = list(value or [])
    if all(isinstance(command, int) for command in commands):
        return set(commands)
    found = set(ids)
    for command in commands:
        if command[0] == 4:
            found.add(command[1])
        elif command[0] in (2, 3):
            found.discard(command[1])
        elif command[0] in (5, 6):
            found = set(command[2]) if command[0] == 6 else set()
    return found
