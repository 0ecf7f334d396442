from . import test_month_close
from . import test_attribution
from . import test_decisions
from . import test_bonus
from . import test_scorecard_browser
from . import test_dashboard
from . import test_dashboard_browser
from . import test_periods
