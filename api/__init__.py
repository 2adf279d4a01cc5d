"""What every client reaches: the process, its middleware, and the pages; GraphQL and REST are rooms of their own."""
