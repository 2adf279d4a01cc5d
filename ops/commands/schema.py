"""`./kist schema` writes the GraphQL schema into the repository."""

from settings import ROOT


def schema() -> None:
    """Write the GraphQL schema to schema.graphql."""
    from api.serve import schema_text

    (ROOT / "schema.graphql").write_text(schema_text())
