from . import core
from . import scheme
from . import people
from . import period
from . import card
from . import bonus
from . import dashboard
from . import fairness
