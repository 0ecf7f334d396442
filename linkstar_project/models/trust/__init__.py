from . import linkstar_audit_entry
from . import linkstar_secret
