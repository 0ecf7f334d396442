from . import linkstar_audit_entry
