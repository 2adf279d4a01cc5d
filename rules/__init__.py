"""Pure arithmetic and decisions: no I/O, no clock, no float, and no import but the standard library."""
