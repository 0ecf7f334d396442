"""What triggers did with events, and proposals that wait for a lead."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...exceptions import AlreadyLaunched

#: Longest reason of a decision that is kept.
MAX_REASON = 1_000


class LinkstarTriggerLog(models.Model):
    """One occasion of one trigger: launched, proposed, held or failed, and why."""

    _name = "linkstar.trigger.log"
    _description = "Trigger log"
    _inherit = ["mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "label"

    trigger_id = fields.Many2one(
        "linkstar.trigger", required=True, readonly=True, index=True, ondelete="cascade"
    )
    store_id = fields.Many2one(
        "linkstar.store", readonly=True, index=True, ondelete="restrict"
    )
    event_ids = fields.Many2many(
        "linkstar.event",
        "linkstar_trigger_log_event_rel",
        "log_id",
        "event_id",
        readonly=True,
    )
    event_count = fields.Integer(readonly=True, string="Events")
    scope_key = fields.Char(readonly=True)
    subject_key = fields.Char(readonly=True)
    label = fields.Char(string="Subject", readonly=True)
    anchor_date = fields.Date(readonly=True)
    state = fields.Selection(
        [
            ("asked", "Waiting for a lead"),
            ("fired", "Launched"),
            ("dismissed", "Declined"),
            ("held", "Held"),
            ("error", "Failed"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    reason_code = fields.Char(readonly=True)
    reason_args = fields.Json(readonly=True)
    reason = fields.Char(compute="_compute_reason")
    project_id = fields.Many2one(
        "project.project", readonly=True, index="btree_not_null", ondelete="set null"
    )
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    decision_reason = fields.Text(string="Why declined", readonly=True)

    # Two workers that see the same occasion leave one proposal.
    _asked_uniq = models.UniqueIndex(
        "(trigger_id, scope_key) WHERE state = 'asked'",
        "This proposal is waiting already.",
    )
    _scope_idx = models.Index("(trigger_id, scope_key, create_date)")

    @api.depends("reason_code", "reason_args", "state", "decision_reason")
    @api.depends_context("lang")
    def _compute_reason(self):
        sentences = self._reason_sentences()
        for log in self:
            args = log.reason_args or {}
            sentence = sentences.get(log.reason_code, log.reason_code or "")
            if log.reason_code == "error":
                sentence = args.get("message", "")
            elif log.reason_code == "cooldown":
                sentence = self.env._(
                    "Held: it started on %(date)s already; quiet until %(until)s.",
                    date=args.get("since", ""),
                    until=args.get("until", ""),
                )
            elif log.reason_code == "dismissed" and log.decision_reason:
                sentence = self.env._("Declined: %s", log.decision_reason)
            log.reason = sentence

    @api.model
    def _reason_sentences(self):
        """Mapping of reason code to a sentence in the reader's language."""
        _ = self.env._
        return {
            "launched": _("Launched."),
            "asked": _("Waiting for a lead to launch or decline it."),
            "dismissed": _("Declined by a lead."),
            "cooldown": _("Held: the cooldown is running."),
            "waiting": _("Held: a proposal for the same subject is waiting."),
            "running": _("Held: the same project is running already."),
            "no_version": _("Failed: the template has no published version."),
            "no_owner": _("Failed: the owner of the trigger is archived."),
            "anchor_date": _(
                "Failed: payload.anchor_date is no date of the form 2026-01-31."
            ),
            "too_long": _(
                "Failed: the event's SKU or subject is longer than 200 characters."
            ),
            "no_store": _("The event names no store, and the trigger none either."),
            "store": _("The store is not among the trigger's stores."),
            "owner_store": _("The owner of the trigger does not lead this store."),
            "marketplace": _("The marketplace is not among the trigger's."),
            "store_closed": _("The store is closed."),
            "lifecycle": _("The SKU's stage is not among those of the trigger."),
            "condition": _("The condition does not hold."),
            "unknown": _("The condition needs a figure that is missing."),
            "answered": _("It answered this event before."),
            "error": _("Failed."),
        }

    # ------------------------------------------------------------------
    def action_launch(self):
        """Launch what was proposed, with the caller's own rights."""
        self.check_access("read")
        self.store_id._check_lead()
        for log in self:
            log._check_waiting()
            trigger = log.sudo().trigger_id
            version = trigger._version().with_env(self.env)
            if not version:
                raise UserError(
                    self.env._(
                        "%(template)s has no published version. Publish it first.",
                        template=trigger.template_id.name,
                    )
                )
            values = {"state": "fired", "reason_code": "launched"}
            stores, named = log._launch_arguments()
            try:
                with self.env.cr.savepoint():
                    projects = version.launch(stores, **named)
                projects._linkstar_join_subject(log.sudo().subject_key)
                values["project_id"] = projects[:1].id
            except AlreadyLaunched as error:
                values = {
                    "state": "held",
                    "reason_code": "running",
                    "project_id": error.project_id,
                }
            log.sudo().write(values | log._decision())
            log.sudo().activity_ids.unlink()
        if len(self) == 1:
            return self.action_open_project()
        return True

    def _launch_arguments(self):
        """Store ids and named arguments of ``version.launch`` for this occasion."""
        self.ensure_one()
        log = self.sudo()
        trigger = log.trigger_id
        subject = None
        if log.subject_key:
            kind, _sep, key = log.subject_key.partition(":")
            subject = {"sku": key}
            if kind != "sku":
                subject = {"key": log.subject_key, "label": log.label}
        return (
            log.store_id.ids,
            {
                "anchor_date": log.anchor_date,
                "anchor": trigger.anchor,
                "subject": subject,
            },
        )

    def action_dismiss(self, reason=""):
        """Decline proposals; the cooldown keeps them from coming back at once.

        :param reason: why, in the lead's words; it stands in the log
        """
        self.check_access("read")
        self.store_id._check_lead()
        for log in self:
            log._check_waiting()
        self.sudo().write(
            {
                "state": "dismissed",
                "reason_code": "dismissed",
                "decision_reason": str(reason or "")[:MAX_REASON] or False,
            }
            | self._decision()
        )
        self.sudo().activity_ids.unlink()
        return True

    @api.model
    @api.private
    def _tell_leads(self, logs):
        """Queue one message a proposal and lead; the outbox delivers it.

        :param logs: proposals that wait
        """
        channel = self.env.ref("linkstar_project.channel_odoo", False)
        now = fields.Datetime.now()
        members = self.env["linkstar.store.member"].sudo()
        leads = members._leads(logs.store_id.ids, now.date())
        self.env["linkstar.notification"].sudo()._queue(
            [
                {
                    "res_model": log._name,
                    "res_id": log.id,
                    "step": "proposal",
                    "user_id": lead.id,
                    "channel_id": channel.id,
                    "due_at": now,
                    "title": self.env._(
                        "Launch? %(trigger)s: %(subject)s",
                        trigger=log.trigger_id.name,
                        subject=log.label or log.store_id.code,
                    ),
                    "code": log.store_id.code,
                    "store_id": log.store_id.id,
                }
                for log in logs
                for lead in leads.get(log.store_id.id, ())
                if channel
            ]
        )

    def _decision(self):
        return {"decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}

    def _check_waiting(self):
        self.sudo().lock_for_update()
        if self.sudo().state != "asked":
            raise UserError(
                self.env._(
                    "%(label)s was decided already. Reload to see by whom.",
                    label=self.label or self.trigger_id.sudo().name,
                )
            )

    def action_open_project(self):
        """Open the project that this occasion launched, or that ran before."""
        self.ensure_one()
        self.check_access("read")
        project = self.project_id
        if not project:
            return False
        return {
            "type": "ir.actions.act_window",
            "res_model": "project.project",
            "res_id": project.id,
            "views": [(False, "form")],
        }
