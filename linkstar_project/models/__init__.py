from . import core
from . import registry
from . import measure
from . import plan
from . import react
from . import tell
from . import trust
from . import demo
