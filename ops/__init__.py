"""What operators run: the commands, the embedded servers, and the monitoring of the processes."""
