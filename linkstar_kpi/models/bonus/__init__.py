from . import kpi_bonus_plan
from . import kpi_bonus_tier
from . import kpi_bonus_run
from . import kpi_bonus_run_lines
from . import kpi_bonus_run_hand
from . import kpi_bonus_line
from . import kpi_bonus_export
