from . import engine, exceptions, models, wizards, controllers
