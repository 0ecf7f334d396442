"""Openings: projects of kind ``opening`` with states and rounds."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..engine import application_states as states

SYSTEM_FIELDS = frozenset(
    {"application_state", "application_step", "sop_id", "retry_after_date"}
)


class ProjectProject(models.Model):
    _inherit = "project.project"

    linkstar_kind = fields.Selection(
        selection_add=[("opening", "Opening")], ondelete={"opening": "set null"}
    )
    sop_id = fields.Many2one("linkstar.sop", "Opening SOP", copy=False)
    entity_id = fields.Many2one("res.partner", "Legal entity", copy=False)
    planned_submission_date = fields.Date(
        copy=False, help="The papers are judged for this day."
    )
    payout_method = fields.Char(copy=False, help="Who pays out, e.g. a bank's name.")
    application_state = fields.Selection(
        [
            (states.TO_SUBMIT, "To submit"),
            (states.IN_REVIEW, "In review"),
            (states.APPROVED, "Approved"),
            (states.REJECTED, "Rejected"),
        ],
        readonly=True,
        copy=False,
        index=True,
        group_expand=True,
    )
    application_step = fields.Selection(
        "_application_steps", readonly=True, copy=False, string="Step"
    )
    retry_after_date = fields.Date(
        "Try again from",
        readonly=True,
        copy=False,
        help="Waiting period after refusal.",
    )
    requirement_ids = fields.One2many("linkstar.requirement", "project_id")
    submission_ids = fields.One2many("linkstar.submission", "project_id")
    opening_step_ids = fields.One2many("linkstar.opening.step", "project_id")

    @property
    def _system_fields(self):
        """The state of an opening follows from its moves: clients never send it."""
        return super()._system_fields | SYSTEM_FIELDS

    @api.model
    def _application_steps(self):
        return [
            ("requested", self.env._("Waits for approval to begin")),
            ("preparing", self.env._("Preparing papers")),
            ("ready", self.env._("Ready to submit")),
            ("submitted", self.env._("Submitted")),
            ("in_review", self.env._("In review")),
            ("supplement", self.env._("More papers asked")),
            ("video_booked", self.env._("Video call booked")),
            ("approved", self.env._("Approved")),
            ("active", self.env._("Shop open")),
            ("suspended", self.env._("Restricted or suspended")),
            ("rejected", self.env._("Rejected")),
            ("waiting", self.env._("Waiting to retry")),
            ("appeal", self.env._("Appeal")),
            ("blocked", self.env._("Blocked for good")),
            ("cancelled", self.env._("Cancelled")),
        ]

    # ------------------------------------------------------------------ moves

    def move_application(self, step, note=""):
        """Move an opening to another step; the reason stays in its history.

        :param step: code of the step to enter
        :raises UserError: the step cannot follow the present one, or the papers are
            not ready
        """
        self._check_opening_member()
        if step in ("submitted", "approved", "rejected", "requested"):
            raise UserError(
                self.env._(
                    "A round is sent and decided with the buttons “Submit”, “Approved” "
                    "and “Rejected”, which keep what was sent and what came back."
                )
            )
        for project in self:
            project._check_move(step)
            if project.application_step == "requested" and step != "cancelled":
                raise UserError(
                    self.env._(
                        "%s waits for its approval to begin. Ask the approvers.",
                        project.name,
                    )
                )
            project._enter_step(step, note)
        return True

    def _check_opening_member(self):
        """Members of the store move its opening; core's project rights are wider."""
        self.check_access("read")
        self.store_id._check_member("write")

    def _check_move(self, step):
        self.ensure_one()
        names = dict(self._application_steps())
        if self.linkstar_kind != "opening" or step not in names:
            raise UserError(
                self.env._("%s is no opening, or the step is unknown.", self.name)
            )
        if not states.can_move(self.application_step, step):
            allowed = [names[s] for s in states.next_steps(self.application_step)]
            raise UserError(
                self.env._(
                    "%(opening)s is at “%(now)s” and cannot go to “%(to)s”. Possible: "
                    "%(allowed)s.",
                    opening=self.name,
                    now=names[self.application_step],
                    to=names[step],
                    allowed=", ".join(allowed) or self.env._("nothing more"),
                )
            )
        if step == "ready":
            self._check_papers()

    def _check_papers(self):
        lacking = self._blocking_requirements()
        if lacking:
            lines = [f"{r.type_id.name}: {r.explanation}" for r in lacking]
            raise UserError(
                self.env._("Papers are not ready yet:") + "\n" + "\n".join(lines)
            )

    def _enter_step(self, step, note=""):
        """Write the step, its state and the history; the caller has checked."""
        now = fields.Datetime.now()
        project = self.sudo()
        project.opening_step_ids.filtered(lambda s: not s.left_at).write(
            {"left_at": now}
        )
        self.env["linkstar.opening.step"].sudo().create(
            {
                "project_id": self.id,
                "step": step,
                "entered_at": now,
                "user_id": self.env.uid,
                "note": note,
            }
        )
        project.write(
            {"application_step": step, "application_state": states.state_of(step)}
        )
        if step == "active":
            project.store_id.write({"state": "active"})
        elif step == "suspended":
            project.store_id.write({"state": "restricted"})

    def action_ready(self):
        """Papers are complete: ready to submit."""
        return self.move_application("ready")

    def action_submit_round(self):
        """Record that the application was sent: a new round with its papers."""
        self._check_opening_member()
        for project in self:
            project._check_papers()
            project._check_waiting_period()
            project._check_move("submitted")
            project._check_approved()
            project._new_round()
            project._enter_step("submitted")
        return True

    def _check_waiting_period(self):
        retry = self.retry_after_date
        if retry and retry > fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "%(opening)s was refused and waits until %(day)s. A try before "
                    "that day would be refused again.",
                    opening=self.name,
                    day=retry,
                )
            )

    def _new_round(self):
        papers = [
            {
                "type": r.type_id.code,
                "document": r.document_id.name,
                "issued": str(r.document_id.issue_date or ""),
                "expires": str(r.document_id.expiry_date or ""),
            }
            for r in self.requirement_ids
            if r.document_id
        ]
        self.env["linkstar.submission"].sudo().create(
            {
                "project_id": self.id,
                "number": max(self.submission_ids.mapped("number"), default=0) + 1,
                "sent_at": fields.Datetime.now(),
                "sent_by_id": self.env.uid,
                "papers": papers,
            }
        )

    def action_in_review(self):
        """The platform looks at it."""
        return self.move_application("in_review")

    def action_approve(self):
        """Enter the platform's approval."""
        return self._decide_round("approved")

    def action_activate(self):
        """The shop is ready to sell."""
        return self.move_application("active")

    def refuse_round(self, notice, reason_codes):
        """Enter the platform's refusal with its notice and reasons.

        :param notice: the platform's own words
        :param reason_codes: codes of ``linkstar.rejection.reason``
        :return: the suggested next step's code
        :raises UserError: the notice is empty or a reason is unknown
        """
        self.ensure_one()
        reasons = self.env["linkstar.rejection.reason"].search(
            [("code", "in", list(reason_codes))]
        )
        if not (notice or "").strip() or len(reasons) != len(set(reason_codes)):
            raise UserError(
                self.env._(
                    "Paste the platform's notice and choose known reasons: the next "
                    "round and the appeal rest on them."
                )
            )
        self._decide_round("rejected", {"notice": notice, "reason_ids": reasons.ids})
        wait = max(reasons.mapped("wait_days"), default=0)
        if wait:
            today = fields.Date.context_today(self)
            self.sudo().retry_after_date = fields.Date.add(today, days=wait)
        return states.step_after_refusal(reasons.mapped("permanence"))

    def _decide_round(self, decision, values=None):
        self._check_opening_member()
        for project in self:
            project._check_move(decision)
            project.submission_ids.sorted("number")[-1:].sudo().write(
                {
                    "decision": decision,
                    "decided_at": fields.Datetime.now(),
                    "decided_by_id": self.env.uid,
                    **(values or {}),
                }
            )
            project._enter_step(decision)
        return True
