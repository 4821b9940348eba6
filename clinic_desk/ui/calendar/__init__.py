"""The calendar page: day, week, month, agenda, shelf."""
