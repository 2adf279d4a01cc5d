"""Authentication: tokens, passwords, email addresses, and the limits on requests and sign-ins."""
