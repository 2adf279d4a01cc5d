"""Operators run this room: the commands, the embedded servers, and the monitoring of the processes."""
