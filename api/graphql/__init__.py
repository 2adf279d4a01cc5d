"""GraphQL over HTTP, server-sent events and WebSocket: limits, caches, and the execution of one operation."""
