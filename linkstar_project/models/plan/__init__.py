from . import linkstar_template_version
from . import linkstar_gate
from . import gate_metric
from . import project_project
from . import project_template
from . import builtin_templates
from . import project_task
from . import project_task_state
