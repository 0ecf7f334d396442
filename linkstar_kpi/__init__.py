from . import controllers
from . import models
from . import wizards
from .models.dashboard.kpi_bi import drop_views


def uninstall_hook(env):
    """Leave nothing behind: the views for BI tools go with the tables."""
    drop_views(env)
