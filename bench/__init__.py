"""How fast it is: every measurement prints what could be had at best, measured in the same run, and the ratio."""
