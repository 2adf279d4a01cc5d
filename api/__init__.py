"""Clients reach this room: the API's process, its middleware and its pages, with a folder each for GraphQL and REST."""
