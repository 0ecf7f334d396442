from . import test_gate
from . import test_launch
from . import test_task_rules
