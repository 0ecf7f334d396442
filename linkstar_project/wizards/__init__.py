from . import approval_reject
from . import linkstar_fact_import
from . import linkstar_gate_override
from . import linkstar_launch
from . import linkstar_member_import
from . import linkstar_project_close
from . import linkstar_promotion_launch
from . import linkstar_template_publish
