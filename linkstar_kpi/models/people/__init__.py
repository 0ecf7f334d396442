from . import kpi_assignment
from . import kpi_acknowledgement
from . import kpi_target
