from . import engine, exceptions, models, wizards, controllers
from .hooks import uninstall_hook
