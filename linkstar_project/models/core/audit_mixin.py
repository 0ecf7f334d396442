"""Audited models: the hook that appends to the audit trail."""

from odoo import models


class LinkstarAuditMixin(models.AbstractModel):
    """Append an audit entry for each change of ``_audit_fields``."""

    _name = "linkstar.audit.mixin"
    _description = "Audited record"

    _audit_fields = ()
    _audit_store_path = "store_id"
