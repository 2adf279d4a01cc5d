"""Who a request comes from: tokens, passwords, email addresses, and the limits on attempts."""
