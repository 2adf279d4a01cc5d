"""Clients reach this room: the API's process, its middleware and its pages, with GraphQL and REST in own folders."""
