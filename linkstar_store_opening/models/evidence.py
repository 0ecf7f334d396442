"""Grades of the sources behind the field's rules."""

EVIDENCE_GRADES = [
    ("A", "A: the platform's own text"),
    ("B", "B: reposted or professional"),
    ("C", "C: trade article"),
    ("D", "D: habit, not verified"),
]
