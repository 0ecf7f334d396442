"""Development commands of LinkStar: what the Makefile calls.

Plain Python of the standard library, so that it runs before anything is
installed; whatever needs Odoo or a library runs in the virtual environment
that these modules build.
"""
