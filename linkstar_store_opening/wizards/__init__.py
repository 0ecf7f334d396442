from . import linkstar_linkage_decision, linkstar_opening_wizard
from . import linkstar_refusal_wizard
from . import linkstar_destroy_wizard
from . import linkstar_opening_wizard_line
from . import linkstar_mark_waiver
