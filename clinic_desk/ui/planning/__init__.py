"""Time off: the page of requests, and the planner of the visits that an absence hits."""
