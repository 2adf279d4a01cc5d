"""The import of transaction histories: a CSV file is read, sorted into partitions, and copied into the table."""
