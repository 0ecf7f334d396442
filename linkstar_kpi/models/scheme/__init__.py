from . import kpi_scheme
from . import kpi_scheme_version
from . import kpi_scheme_line
from . import kpi_scheme_band
from . import kpi_rate
from . import kpi_level
from . import kpi_category
