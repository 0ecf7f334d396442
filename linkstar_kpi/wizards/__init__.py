from . import kpi_card_decision
from . import kpi_appeal_answer
from . import kpi_bonus_entry
from . import linkstar_kpi_past_import
from . import kpi_target_ask
from . import kpi_target_proposal
from . import kpi_target_import
from . import kpi_entry_return
