from . import res_users
from . import linkstar_metric
from . import linkstar_metric_threshold
from . import metric_preview
from . import linkstar_fact
from . import linkstar_fact_mapping
