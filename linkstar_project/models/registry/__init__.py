from . import linkstar_platform
from . import linkstar_marketplace
from . import linkstar_seller
from . import linkstar_store_group
from . import linkstar_store
from . import linkstar_listing
from . import linkstar_store_member
from . import project_role
