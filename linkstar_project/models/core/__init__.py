from . import system_fields_mixin
from . import audit_mixin
from . import res_users
from . import ir_rule
