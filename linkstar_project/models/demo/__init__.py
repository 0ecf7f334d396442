from . import linkstar_demo
