"""What clients reach: the API's process, its middleware and its pages. GraphQL and REST have folders of their own."""
