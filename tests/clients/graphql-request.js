import { GraphQLClient } from "graphql-request";
import { headers, tried, url } from "./trial.js";

const client = new GraphQLClient(url, { headers });

async function query(text, variables) {
  try {
    return { data: await client.request(text, variables) };
  } catch (error) {
    return { errors: error.response.errors };
  }
}

await tried({ query });
