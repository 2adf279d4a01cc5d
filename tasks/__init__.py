"""Background tasks load rows, ask a rule and store its result. A lost message only delays the work."""
