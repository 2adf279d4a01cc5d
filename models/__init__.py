"""The memory: one module per aggregate, each with its rows and the statements of its hot paths beside them."""
