from . import test_month_close
