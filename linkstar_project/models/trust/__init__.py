from . import linkstar_audit_entry
from . import linkstar_secret
from . import linkstar_approval_policy
from . import linkstar_approval
from . import linkstar_approval_mixin
