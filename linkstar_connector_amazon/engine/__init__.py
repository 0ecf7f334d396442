"""Plain Python: no ORM, no network; the time is an argument."""
