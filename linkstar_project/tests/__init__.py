from . import test_event
from . import test_fact
from . import test_fact_import
from . import test_gate
from . import test_launch
from . import test_metric
from . import test_task_rules
from . import test_trigger
