from . import test_handover, test_linkage, test_linkage_browser, test_opening
