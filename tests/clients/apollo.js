import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";
import { headers, socketUrl, tried, url } from "./trial.js";

const http = new HttpLink({ uri: url, headers });
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const links = {
  plain: http,
  persisted: ApolloLink.from([new PersistedQueryLink({ sha256 }), http]),
};
const client = new ApolloClient({
  link: links[process.argv[2]],
  cache: new InMemoryCache(),
  clientAwareness: { name: "web", version: "1.0" },
});
const live = new ApolloClient({
  link: new GraphQLWsLink(createClient({ url: socketUrl, connectionParams: headers })),
  cache: new InMemoryCache(),
});

async function told(answer) {
  try {
    const { data } = await answer;
    return { data };
  } catch (error) {
    return { errors: CombinedGraphQLErrors.is(error) ? error.errors : [String(error)] };
  }
}

await tried({
  query: (text, variables) => told(client.query({ query: gql(text), variables })),
  mutate: (text, variables) => told(client.mutate({ mutation: gql(text), variables })),
  watch: (text, variables) =>
    new Promise((resolve, reject) => {
      live.subscribe({ query: gql(text), variables }).subscribe({ next: ({ data }) => resolve({ data }), error: reject });
    }),
});
