from . import test_linkage, test_linkage_browser, test_opening
