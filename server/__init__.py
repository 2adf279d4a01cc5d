"""What runs beside the application: the servers it needs and the processes it is made of."""
