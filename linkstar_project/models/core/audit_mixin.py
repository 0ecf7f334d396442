"""Audited models: the hook that appends to the audit trail."""

from odoo import api, models
from odoo.exceptions import MissingError

#: Core's models whose ``write`` changes more than its values: their extension
#: takes the snapshot before core and calls ``_linkstar_audit_write`` after it.
EXPLICIT_WRITE = frozenset({"project.project", "project.task"})


class LinkstarAuditMixin(models.AbstractModel):
    """Append an audit entry for each change of ``_audit_fields``.

    No context key suppresses it. A creation or deletion is one entry a record;
    a change is one entry a record and field.

    ``_audit_fields``: names of the audited fields.
    ``_audit_hidden_fields``: those whose values never enter the trail (pay,
    personal data): the entry says only that they changed.
    ``_audit_store_path``: dotted path to the store, or None.
    """

    _name = "linkstar.audit.mixin"
    _description = "Audited record"

    _audit_fields = ()
    _audit_hidden_fields = ()
    _audit_store_path = "store_id"

    def _linkstar_audit_snapshot(self, names=None):
        """Return ``{id: {field: readable value}}`` of the audited fields.

        :param names: only these fields (default: all of ``_audit_fields``)
        """
        wanted = [name for name in self._audit_fields if names is None or name in names]
        if not wanted:
            return {}
        records = self.sudo().with_context(active_test=False, lang="en_US")
        return {
            record.id: {name: record._linkstar_audit_text(name) for name in wanted}
            for record in records
        }

    def _linkstar_audit_text(self, name):
        """Return one field's value as text, the same for everyone."""
        field = self._fields[name]
        value = self[name]
        if field.relational:
            return ", ".join(
                f"{record.display_name} (#{record.id})" for record in value
            )
        if field.type == "boolean":
            return "yes" if value else "no"
        if value is False or value is None:
            return ""
        return str(value)

    def _linkstar_audit_write(self, before, vals=None, reason=""):
        """Append one entry for each audited field that differs from ``before``.

        :param before: result of ``_linkstar_audit_snapshot`` before the change
        :param vals: the values written; only limits which fields are read again
        :param reason: why, in the words of who did it
        """
        if not before:
            return
        names = next(iter(before.values())).keys()
        standing = self.browse(before.keys())
        try:
            after = standing._linkstar_audit_snapshot(names)
        except MissingError:
            # The change deleted some of them, which is seldom: no query before.
            standing = standing.exists()
            after = standing._linkstar_audit_snapshot(names)
        rows = []
        for res_id, values in after.items():
            for name, new in values.items():
                old = before[res_id][name]
                if old != new:
                    rows.append(
                        (res_id, "write", *self._linkstar_audit_pair(name, old, new))
                    )
        self._linkstar_audit_append(rows, reason, standing)

    def _linkstar_audit_pair(self, name, old, new):
        if name in self._audit_hidden_fields:
            return name, "", ""
        return name, old, new

    def _linkstar_audit_log(self, action, reason="", old="", new=""):
        """Append one entry a record for something that is no plain write.

        :param action: one of the actions of ``linkstar.audit.entry``
        """
        rows = [(res_id, action, "", old, new) for res_id in self.ids]
        self._linkstar_audit_append(rows, reason)

    def _linkstar_audit_summary(self):
        """Return ``{id: text}``: all audited values of each record in one text."""
        hidden = self._audit_hidden_fields
        return {
            res_id: "\n".join(
                f"{name}: {value}"
                for name, value in values.items()
                if value and name not in hidden
            )
            for res_id, values in self._linkstar_audit_snapshot().items()
        }

    def _linkstar_audit_append(self, rows, reason="", standing=None):
        """Append ``(id, action, field, old, new)`` rows of records of this model.

        :param standing: the records of the rows, when the caller knows that they
            exist
        """
        if not rows:
            return
        if standing is None:
            standing = self.browse({row[0] for row in rows}).exists()
        records = standing.sudo()
        about = {record.id: record._linkstar_audit_about() for record in records}
        self.env["linkstar.audit.entry"]._append(
            self._name,
            [
                {
                    "res_id": res_id,
                    "action": action,
                    "field_name": name,
                    "old_value": old,
                    "new_value": new,
                    "reason": reason,
                    **about.get(res_id, {"res_name": "", "store_code": ""}),
                }
                for res_id, action, name, old, new in rows
            ],
        )

    def _linkstar_audit_about(self):
        """What this record is and belongs to, as columns of its entries."""
        self.ensure_one()
        path = self._audit_store_path
        store = self.env["linkstar.store"]
        if path == "id":
            store = self
        elif path:
            store = self.mapped(path)[:1]
        company = self.env["res.company"]
        if "company_id" in self._fields and not store:
            company = self.company_id
        return {
            "res_name": self.display_name or "",
            "store_id": store.id or None,
            "store_code": store.code or "",
            "project_id": self._linkstar_audit_project().id or None,
            "company_id": company.id or None,
        }

    def _linkstar_audit_project(self):
        """The project that this record is or belongs to; none for most."""
        if self._name == "project.project":
            return self
        for name, path in (("project_id", ""), ("task_id", "project_id")):
            field = self._fields.get(name)
            if field and field.comodel_name in ("project.project", "project.task"):
                return self.mapped(f"{name}.{path}" if path else name)[:1]
        return self.env["project.project"]

    @api.model_create_multi
    def create(self, vals_list):
        """Create, and append one entry a record."""
        records = super().create(vals_list)
        if records._audit_fields:
            summaries = records._linkstar_audit_summary()
            records._linkstar_audit_append(
                [(res_id, "create", "", "", text) for res_id, text in summaries.items()]
            )
        return records

    def write(self, vals):
        """Write, and append one entry a changed field."""
        if self._name in EXPLICIT_WRITE or not self._audit_fields:
            return super().write(vals)
        before = self._linkstar_audit_snapshot(vals.keys())
        result = super().write(vals)
        self._linkstar_audit_write(before, vals)
        return result

    def unlink(self):
        """Delete, and append one entry a record."""
        if self._audit_fields:
            summaries = self._linkstar_audit_summary()
            self._linkstar_audit_append(
                [(res_id, "unlink", "", text, "") for res_id, text in summaries.items()]
            )
        return super().unlink()
