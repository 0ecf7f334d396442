from . import kpi_assignment
from . import kpi_acknowledgement
from . import kpi_target
from . import kpi_target_progress
from . import kpi_target_change
from . import kpi_entry
from . import kpi_entry_line
from . import kpi_grade
