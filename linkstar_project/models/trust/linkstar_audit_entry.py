"""The audit trail: append-only, in the database itself."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.http import request
from odoo.tools import SQL

COLUMNS = (
    "res_id",
    "res_name",
    "store_id",
    "store_code",
    "action",
    "field_name",
    "old_value",
    "new_value",
    "reason",
)
RETENTION = "linkstar_project.audit_retention_days"
#: A company that sets a retention keeps at least this many days.
SHORTEST_RETENTION = 365


class LinkstarAuditEntry(models.Model):
    """Who did what when: written by our code only, changed by nobody.

    The chatter can be edited by users, so it is only a display. A trigger in the
    database refuses changes here even to code that runs as superuser; the two
    exceptions are the store's foreign key when a store is deleted, and the purge
    of entries past their retention.
    """

    _name = "linkstar.audit.entry"
    _description = "Audit entry"
    _order = "id desc"
    _log_access = False
    _rec_name = "res_name"
    _allow_sudo_commands = False

    at = fields.Datetime(string="When", required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users", string="Who", readonly=True, index=True, ondelete="restrict"
    )
    action = fields.Selection(
        [
            ("create", "Created"),
            ("write", "Changed"),
            ("unlink", "Deleted"),
            ("override", "Overridden"),
            ("launch", "Launched"),
            ("approve", "Approved"),
            ("reject", "Rejected"),
            ("reveal", "Revealed"),
            ("use", "Secret used"),
            ("export", "Exported"),
            ("other", "Other"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    res_model = fields.Char(
        string="Kind of record", required=True, readonly=True, index=True
    )
    res_id = fields.Many2oneReference(
        string="Record id", model_field="res_model", readonly=True, aggregator=None
    )
    res_name = fields.Char(string="Record", readonly=True)
    field_name = fields.Char(string="Field", readonly=True)
    old_value = fields.Text(string="Before", readonly=True)
    new_value = fields.Text(string="After", readonly=True)
    reason = fields.Text(readonly=True)
    store_id = fields.Many2one(
        "linkstar.store", readonly=True, index=True, ondelete="set null"
    )
    store_code = fields.Char(readonly=True)

    _record_idx = models.Index("(res_model, res_id, id)")

    def init(self):
        """Install the trigger that keeps the table append-only."""
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION linkstar_audit_append_only()
                RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF TG_OP = 'DELETE' AND
                       current_setting('linkstar.audit_purge', true) = 'on' THEN
                        RETURN OLD;
                    END IF;
                    IF TG_OP = 'UPDATE' AND NEW.store_id IS NULL THEN
                        NEW.store_id := OLD.store_id;
                        IF NEW IS NOT DISTINCT FROM OLD THEN
                            NEW.store_id := NULL;
                            RETURN NEW;
                        END IF;
                    END IF;
                    RAISE EXCEPTION 'The audit trail is append-only (%%)', TG_OP
                        USING ERRCODE = 'insufficient_privilege';
                END $$;
                DROP TRIGGER IF EXISTS linkstar_audit_row ON linkstar_audit_entry;
                CREATE TRIGGER linkstar_audit_row
                    BEFORE UPDATE OR DELETE ON linkstar_audit_entry
                    FOR EACH ROW EXECUTE FUNCTION linkstar_audit_append_only();
                DROP TRIGGER IF EXISTS linkstar_audit_all ON linkstar_audit_entry;
                CREATE TRIGGER linkstar_audit_all
                    BEFORE TRUNCATE ON linkstar_audit_entry
                    FOR EACH STATEMENT EXECUTE FUNCTION linkstar_audit_append_only();
                """
            )
        )

    @api.model
    @api.private
    def _append(self, res_model, rows):
        """Append entries in one statement.

        :param res_model: name of the model that changed
        :param rows: list of dicts with the keys of ``COLUMNS``
        """
        if not rows:
            return
        self.env["linkstar.store"].flush_model(["code"])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_audit_entry (at, user_id, res_model, res_id,
                    res_name, store_id, store_code, action, field_name, old_value,
                    new_value, reason)
                SELECT now() AT TIME ZONE 'UTC', %(user)s, %(model)s, entry.*
                  FROM unnest(%(res_id)s::int[], %(res_name)s::varchar[],
                              %(store_id)s::int[], %(store_code)s::varchar[],
                              %(action)s::varchar[], %(field_name)s::varchar[],
                              %(old_value)s::text[], %(new_value)s::text[],
                              %(reason)s::text[]) AS entry
                """,
                user=self._real_uid(),
                model=res_model,
                **{name: [row.get(name) for row in rows] for name in COLUMNS},
            )
        )
        self.invalidate_model()

    def _used_today(self, res_model, res_id, field, reason):
        """Tell whether this use of a secret stands in the trail since midnight."""
        return bool(
            self.search_count(
                [
                    ("res_model", "=", res_model),
                    ("res_id", "=", res_id),
                    ("field_name", "=", field),
                    ("action", "=", "use"),
                    ("reason", "=", reason),
                    ("user_id", "=", self._real_uid()),
                    ("at", ">=", fields.Date.today()),
                ],
                limit=1,
            )
        )

    def _real_uid(self):
        """Return the id of who signed in, whatever the code switched to."""
        if request and request.env.uid:
            return request.env.uid
        return self.env.uid

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: entries are appended by the audited models only."""
        raise AccessError(self._append_only_message())

    def write(self, vals):
        """Refuse: nobody changes the trail."""
        raise AccessError(self._append_only_message())

    def unlink(self):
        """Refuse: nobody deletes from the trail."""
        raise AccessError(self._append_only_message())

    def _append_only_message(self):
        return self.env._(
            "The audit trail cannot be written, changed or deleted by anybody. It "
            "is kept by the records it describes."
        )

    @api.autovacuum
    def _purge_expired(self):
        """Delete entries past the retention that the company has set, if any."""
        days = self.env["ir.config_parameter"].sudo().get_param(RETENTION)
        if not days or not str(days).isdigit() or int(days) < 1:
            return
        if int(days) < SHORTEST_RETENTION:
            raise ValidationError(
                self.env._(
                    "The retention of the audit trail is %(days)s days; the least is "
                    "%(least)s. Correct the setting %(key)s.",
                    days=days,
                    least=SHORTEST_RETENTION,
                    key=RETENTION,
                )
            )
        before = fields.Datetime.now() - timedelta(days=int(days))
        # The setting lasts for this transaction only.
        self.env.cr.execute("SELECT set_config('linkstar.audit_purge', 'on', true)")
        self.env.cr.execute(
            SQL("DELETE FROM linkstar_audit_entry WHERE at < %s", before)
        )
        self.env.cr.execute("SELECT set_config('linkstar.audit_purge', 'off', true)")
        self.invalidate_model()
