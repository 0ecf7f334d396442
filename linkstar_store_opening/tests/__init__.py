from . import (
    test_handover,
    test_linkage,
    test_linkage_browser,
    test_opening,
    test_papers,
    test_papers_browser,
    test_papers_data,
    test_papers_routes,
)
