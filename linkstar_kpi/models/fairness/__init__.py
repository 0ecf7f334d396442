from . import kpi_privacy
from . import kpi_consent
from . import kpi_person_export
from . import kpi_retention
