from . import portal
from . import acknowledge
from . import trail
from . import sample
from . import library
