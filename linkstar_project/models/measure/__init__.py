from . import res_users
from . import linkstar_metric
from . import linkstar_fact
