"""Models: one module for each aggregate has its rows, with the statements of its hot paths beside it."""
