/** One answer, and not a stream of them, is all that a query and a mutation want. */
export const HTTP = {
  url: "/graphql",
  preferGetMethod: false,
  fetchOptions: { headers: { accept: "application/graphql-response+json, application/json" } },
} as const;
