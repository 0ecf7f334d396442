from . import linkage_import
