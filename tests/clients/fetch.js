// No library: fetch, which sends Accept: */*.
import { headers, tried, url } from "./trial.js";

async function query(text, variables, operationName) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify({ query: text, variables, operationName }),
  });
  return response.json();
}

await tried({ query });
