from . import linkstar_platform
from . import linkstar_asset
from . import linkage_import
from . import linkstar_asset_usage
from . import linkstar_asset_conflict
from . import linkstar_store
from . import linkstar_seller
from . import project_project
