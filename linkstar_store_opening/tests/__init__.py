from . import test_opening
