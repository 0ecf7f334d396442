from . import kpi_period
from . import kpi_period_states
from . import kpi_period_approval
from . import kpi_period_settle
from . import kpi_exclusion
from . import kpi_exclusion_proposal
from . import kpi_exclusion_effect
from . import kpi_rollup
