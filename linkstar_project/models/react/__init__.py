from . import linkstar_event_type
from . import linkstar_event
from . import linkstar_trigger
from . import linkstar_trigger_log
from . import linkstar_watch
from . import linkstar_promotion
from . import project_project
