"""From memberships, facts and tasks to the lines of scorecards, set-based.

Plain classes over an environment: ``holdings`` reads memberships and approved
exclusions, ``fact_sums`` and ``task_sums`` each ask the database once for all
cards, ``card_lines`` puts targets and outcomes together through ``engine``.
"""
