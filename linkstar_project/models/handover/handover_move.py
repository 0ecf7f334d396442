"""A handover carried out: memberships at once, the rest on its day."""

import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .holdings import pass_on

_logger = logging.getLogger(__name__)


class LinkstarHandover(models.Model):
    _inherit = "linkstar.handover"

    def _move_members(self):
        """End the memberships and begin those of the successors.

        Written with the user's own rights: nobody gives a share to themselves.
        """
        members = self.env["linkstar.store.member"]
        lines = self.sudo().line_ids.filtered(lambda line: line.kind == "member")
        values = []
        for line in lines:
            member = members.browse(line.member_id.id)
            values.append(self._successor_values(member.sudo(), line.successor_id))
            if member.sudo().date_from >= self.date:
                member.write({"active": False})
            else:
                member.write({"date_to": self.date - timedelta(days=1)})
        for vals in values:
            same = self._same_membership(vals)
            if same:
                share = min(100.0, same.sudo().share + vals["share"])
                same.write(
                    {
                        "share": share,
                        "is_lead": same.sudo().is_lead or vals["is_lead"],
                    }
                )
            else:
                members.create(vals)
        lines.write({"moved": True})

    def _successor_values(self, member, successor):
        return {
            "store_id": member.store_id.id,
            "group_id": member.group_id.id,
            "listing_id": member.listing_id.id,
            "role_id": member.role_id.id,
            "user_id": successor.id,
            "is_lead": member.is_lead,
            "share": member.share,
            "date_from": max(self.date, member.date_from),
            "date_to": member.date_to,
        }

    def _same_membership(self, vals):
        """The successor's own membership of the same role from the same day."""
        names = ("store_id", "group_id", "listing_id", "role_id", "user_id")
        domain = [(name, "=", vals[name] or False) for name in names]
        domain.append(("date_from", "=", vals["date_from"]))
        members = self.env["linkstar.store.member"]
        return members.browse(members.sudo().search(domain, limit=1).ids)

    def _apply(self):
        """Move everything but memberships: what is held today, by its line."""
        visible = self._refresh_lines()
        lines = {line._place(): line for line in self.sudo().line_ids}
        kinds = self._kinds()
        users = self._users()
        for place, records in visible.items():
            if place.kind == "member":
                # Given since it was confirmed: a person decides about it.
                continue
            line = lines[place]
            self._check_successor(line.successor_id)
            if not line.successor_id:
                raise UserError(
                    self.env._(
                        "Choose a successor for: %(what)s.", what=line.display_name
                    )
                )
            self._pass_on(line, kinds[place.kind], records, users)
        self._tell()
        self.sudo().write(
            {"state": "done", "done_at": fields.Datetime.now(), "error": False}
        )

    def _pass_on(self, line, kind, records, users):
        successor = line.successor_id
        if line.kind == "approval":
            self._check_approvals(records, successor)
        # Tasks and projects hold the rights of leads themselves; for the rest
        # _may_pass_on has decided.
        own_rights = line.kind in ("task", "project")
        targets = records.with_env(self.env) if own_rights else records
        # One message to each successor, not one for each task: see _tell.
        targets = targets.with_context(mail_auto_subscribe_no_notify=True)
        pass_on(targets, kind, users & self._holders(records, kind), successor)
        line.write({"moved": True, "count": len(records)})
        if records._name not in self._audited_anyway():
            self._linkstar_audit_log(
                "other",
                reason=self.reason or "",
                new=f"{line.display_name} → {successor.name} (#{successor.id})",
            )

    def _tell(self):
        """One message to each successor: what came to them, without contents."""
        lines = self.sudo().line_ids.filtered("moved")
        for successor, own in lines.grouped("successor_id").items():
            words = self.with_context(lang=successor.lang or self.env.lang).env
            items = own.with_env(words).sudo().mapped("display_name")
            self.env["mail.thread"].sudo().message_notify(
                partner_ids=successor.partner_id.ids,
                subject=words._("Handed over to you by %s", self.env.user.name),
                body=Markup("<ul>%s</ul>")
                % Markup("").join(Markup("<li>%s</li>") % item for item in items),
                author_id=self.env.user.partner_id.id,
            )

    @staticmethod
    def _holders(records, kind):
        return records.with_context(active_test=False).mapped(kind.field)

    def _audited_anyway(self):
        return ("project.task", "project.project")

    def _check_approvals(self, steps, successor):
        """Nobody comes to decide what they asked for themselves."""
        for step in steps:
            requester = step.approval_id.requester_id
            if successor in requester._linkstar_same_person():
                raise UserError(
                    self.env._(
                        "%(name)s asked for the approval of %(record)s and cannot "
                        "decide it. Choose somebody else for the approvals.",
                        name=successor.name,
                        record=step.approval_id.res_name,
                    )
                )

    @api.model
    @api.private
    def _cron_apply_due(self):
        """Apply handovers whose day has come, each in its own savepoint."""
        due = self.sudo().search(
            [("state", "=", "scheduled"), ("date", "<=", fields.Date.today())],
            order="date, id",
        )
        for handover in due:
            if not handover.try_lock_for_update():
                continue
            own = handover.with_user(handover.confirmed_by_id)
            try:
                with self.env.cr.savepoint():
                    own._apply()
            except (UserError, ValidationError, AccessError) as error:
                _logger.info("handover %s waits: %s", handover.id, type(error).__name__)
                handover.write({"error": str(error)})
            self.env["ir.cron"]._commit_progress(1)
