from . import acknowledge
from . import trail
