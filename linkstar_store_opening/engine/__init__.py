"""Rules of openings in plain Python, without the ORM."""

from . import application_states, sop_template, validity

__all__ = ["application_states", "sop_template", "validity"]
