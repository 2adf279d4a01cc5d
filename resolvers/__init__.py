"""Resolvers of GraphQL: load rows, apply a rule, store its result, return the rows. One module for each noun."""
