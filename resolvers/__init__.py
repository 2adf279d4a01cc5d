"""The client's door: load rows, ask a rule, store what it said, return the rows. One module for each noun."""
