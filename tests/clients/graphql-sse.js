import { createClient } from "graphql-sse";
import { first, headers, tried, url } from "./trial.js";

const client = createClient({ url, headers });

async function query(text, variables, operationName) {
  return await first(client.iterate({ query: text, variables, operationName }));
}

await tried({ query, watch: query });
