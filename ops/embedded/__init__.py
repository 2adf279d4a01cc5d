"""Embedded PostgreSQL and Valkey run as children of one command, on a machine without these servers."""
