"""PostgreSQL and Valkey as children of one command, for a machine that has none."""
