"""The clock's door: load rows, ask a rule, store what it said. A lost message loses nothing but time."""
