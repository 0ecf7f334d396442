from . import linkstar_audit_entry
from . import linkstar_secret
from . import linkstar_approval_policy
from . import linkstar_approval
from . import linkstar_approval_mixin
from . import linkstar_retention
from . import res_company
from . import trail_buttons
