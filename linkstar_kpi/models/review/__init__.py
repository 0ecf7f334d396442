from . import kpi_review
from . import kpi_review_action
from . import kpi_past_score
from . import kpi_pilot
from . import kpi_pilot_answer
from . import linkstar_demo
