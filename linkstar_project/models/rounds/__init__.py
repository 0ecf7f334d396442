from . import linkstar_round_template
from . import linkstar_round
from . import linkstar_round_check
from . import linkstar_round_open
from . import linkstar_round_rate
from . import linkstar_store
