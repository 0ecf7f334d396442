from . import kpi_scorecard
from . import kpi_scorecard_line
from . import kpi_appeal
from . import kpi_view_log
from . import kpi_explanation
from . import kpi_scorecard_steps
from . import kpi_scorecard_export
from . import kpi_scorecard_page
