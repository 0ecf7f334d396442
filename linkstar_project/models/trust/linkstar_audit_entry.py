"""The audit trail: append-only, in the database itself."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tools import SQL

from .trail_words import summary_in_words, value_in_words

COLUMNS = (
    "res_id",
    "res_name",
    "store_id",
    "store_code",
    "project_id",
    "company_id",
    "action",
    "field_name",
    "old_value",
    "new_value",
    "reason",
)
#: What a purge may delete is at least this old, whatever a company sets.
SHORTEST_RETENTION_MONTHS = 12
#: Entries deleted in one statement; a purge of years goes on in the next batch.
PURGE_BATCH = 20_000


class LinkstarAuditEntry(models.Model):
    """Who did what when: written by our code only, changed by nobody.

    The chatter can be edited by users, so it is only a display. A trigger in the
    database refuses changes here even to code that runs as superuser; the two
    exceptions are foreign keys when a store, project or company is deleted, and the
    purge of entries past their retention, none of them younger than a year.
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
            ("purge", "Purged"),
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
    project_id = fields.Many2one(
        "project.project",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The project that the record belongs to, or is.",
    )
    company_id = fields.Many2one(
        "res.company", readonly=True, index="btree_not_null", ondelete="set null"
    )
    kind_label = fields.Char(string="What", compute="_compute_labels")
    field_label = fields.Char(string="Which field", compute="_compute_labels")
    old_text = fields.Text(string="Value before", compute="_compute_texts")
    new_text = fields.Text(string="Value after", compute="_compute_texts")

    _record_idx = models.Index("(res_model, res_id, id)")

    def init(self):
        """Install the trigger that keeps the table append-only."""
        self.env.cr.execute(
            SQL(
                """
                CREATE OR REPLACE FUNCTION linkstar_audit_append_only()
                RETURNS trigger LANGUAGE plpgsql AS $$
                DECLARE
                    kept linkstar_audit_entry%%ROWTYPE;
                BEGIN
                    IF TG_OP = 'DELETE' THEN
                        IF current_setting('linkstar.audit_purge', true) = 'on' AND
                           OLD.at < now() AT TIME ZONE 'UTC'
                                    - make_interval(months => %(months)s) THEN
                            RETURN OLD;
                        END IF;
                    END IF;
                    IF TG_OP = 'UPDATE' THEN
                        kept := NEW;
                        IF NEW.store_id IS NULL THEN
                            kept.store_id := OLD.store_id;
                        END IF;
                        IF NEW.project_id IS NULL THEN
                            kept.project_id := OLD.project_id;
                        END IF;
                        IF NEW.company_id IS NULL THEN
                            kept.company_id := OLD.company_id;
                        END IF;
                        IF kept IS NOT DISTINCT FROM OLD THEN
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
                """,
                months=SHORTEST_RETENTION_MONTHS,
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
        self.env["linkstar.store"].flush_model(["code", "company_id"])
        rows = self._with_projects(res_model, rows)
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO linkstar_audit_entry (at, user_id, res_model, res_id,
                    res_name, store_id, store_code, project_id, company_id, action,
                    field_name, old_value, new_value, reason)
                SELECT now() AT TIME ZONE 'UTC', %(user)s, %(model)s, entry.res_id,
                       entry.res_name, entry.store_id, entry.store_code,
                       entry.project_id,
                       COALESCE(store.company_id, entry.company_id), entry.action,
                       entry.field_name, entry.old_value, entry.new_value, entry.reason
                  FROM unnest(%(res_id)s::int[], %(res_name)s::varchar[],
                              %(store_id)s::int[], %(store_code)s::varchar[],
                              %(project_id)s::int[], %(company_id)s::int[],
                              %(action)s::varchar[], %(field_name)s::varchar[],
                              %(old_value)s::text[], %(new_value)s::text[],
                              %(reason)s::text[])
                       WITH ORDINALITY AS entry(res_id, res_name, store_id, store_code,
                              project_id, company_id, action, field_name, old_value,
                              new_value, reason, place)
                  LEFT JOIN linkstar_store store ON store.id = entry.store_id
                 ORDER BY entry.place
                """,
                user=self._real_uid(),
                model=res_model,
                **{name: [row.get(name) for row in rows] for name in COLUMNS},
            )
        )
        self.invalidate_model()

    def _with_projects(self, res_model, rows):
        """Rows of tasks with their project, where the caller did not name it."""
        bare = [row["res_id"] for row in rows if "project_id" not in row]
        if res_model != "project.task" or not bare:
            return rows
        tasks = self.env["project.task"].sudo().browse(bare).exists()
        projects = {task.id: task.project_id.id or None for task in tasks}
        return [{"project_id": projects.get(row["res_id"]), **row} for row in rows]

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

    @api.model
    @api.private
    def _purge(self, company, before):
        """Delete one batch of a company's entries past their retention.

        The database refuses to delete younger ones than
        ``SHORTEST_RETENTION_MONTHS``, and everything outside this method.

        :param company: the company, or none: entries of nobody in particular
        :param before: entries from before this moment (naive UTC) go
        :return: how many were deleted; fewer than ``PURGE_BATCH``: none are left
        """
        cr = self.env.cr
        # The setting lasts for this transaction at most.
        cr.execute("SELECT set_config('linkstar.audit_purge', 'on', true)")
        cr.execute(
            SQL(
                """
                DELETE FROM linkstar_audit_entry WHERE id IN (
                    SELECT id FROM linkstar_audit_entry
                     WHERE at < %(before)s
                       AND company_id IS NOT DISTINCT FROM %(company)s
                     ORDER BY at LIMIT %(batch)s)
                """,
                before=before,
                company=company.id or None,
                batch=PURGE_BATCH,
            )
        )
        deleted = cr.rowcount
        cr.execute("SELECT set_config('linkstar.audit_purge', 'off', true)")
        self.invalidate_model()
        return deleted

    @api.depends("res_model", "field_name")
    @api.depends_context("lang")
    def _compute_labels(self):
        """Kind of record and field in the reader's words."""
        for entry in self:
            model = self.env.get(entry.res_model)
            entry.kind_label = entry.res_model
            entry.field_label = entry.field_name
            if model is not None:
                entry.kind_label = self.env["ir.model"]._get(entry.res_model).name
                field = model._fields.get(entry.field_name or "")
                if field:
                    entry.field_label = field._description_string(self.env)

    @api.depends("res_model", "field_name", "old_value", "new_value")
    @api.depends_context("lang", "tz")
    def _compute_texts(self):
        """Both values in the reader's words; the columns keep what was written."""
        for entry in self:
            model = self.env.get(entry.res_model)
            entry.old_text, entry.new_text = entry.old_value, entry.new_value
            if model is None:
                continue
            field = model._fields.get(entry.field_name or "")
            if field is not None:
                entry.old_text = value_in_words(self.env, field, entry.old_value)
                entry.new_text = value_in_words(self.env, field, entry.new_value)
            elif entry.action in ("create", "unlink"):
                entry.old_text = summary_in_words(self.env, model, entry.old_value)
                entry.new_text = summary_in_words(self.env, model, entry.new_value)
