"""The REST paths: one table of documents, each run on the GraphQL schema, and their OpenAPI description."""
