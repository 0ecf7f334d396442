from . import linkstar_opening_wizard, linkstar_refusal_wizard
