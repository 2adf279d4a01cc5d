"""Messages to people leave kist by one notifier: the log of a sandbox, a mail server, or the lender's gateway."""
