from . import leaving_mixin
from . import linkstar_handover
from . import handover_move
from . import linkstar_handover_line
from . import res_users
from . import hr_employee
