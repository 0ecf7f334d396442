from . import manager_mixin
from . import res_users
from . import linkstar_metric
from . import linkstar_demo
from . import linkstar_demo_setting
