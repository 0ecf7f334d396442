from . import linkstar_demo
from . import linkstar_demo_rounds
