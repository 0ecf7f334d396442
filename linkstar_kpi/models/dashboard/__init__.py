from . import kpi_dashboard
from . import dashboard_people
from . import dashboard_stores
from . import dashboard_freshness
from . import dashboard_export
from . import kpi_bi
from . import settled_card
from . import kpi_period_wait
