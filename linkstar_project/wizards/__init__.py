from . import approval_reject
