import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { headers, tried, url } from "./trial.js";

const client = new Client({ url, exchanges: [cacheExchange, fetchExchange], fetchOptions: { headers } });
// Subscriptions by fetch are an option, without which urql has none of its own.
const watching = new Client({ url, exchanges: [fetchExchange], fetchOptions: { headers }, fetchSubscriptions: true });

const told = ({ data, error }) => ({ data, errors: error && (error.graphQLErrors.length ? error.graphQLErrors : [String(error)]) });

await tried({
  query: async (text, variables) => told(await client.query(text, variables)),
  mutate: async (text, variables) => told(await client.mutation(text, variables)),
  watch: (text, variables) =>
    new Promise((resolve) => watching.subscription(text, variables).subscribe((result) => resolve(told(result)))),
});
