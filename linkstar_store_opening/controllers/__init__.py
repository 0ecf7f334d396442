from . import linkage_import
from . import papers
