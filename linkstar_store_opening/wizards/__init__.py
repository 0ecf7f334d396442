from . import linkstar_linkage_decision, linkstar_opening_wizard
from . import linkstar_refusal_wizard
from . import linkstar_destroy_wizard
