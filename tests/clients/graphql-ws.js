import { createClient } from "graphql-ws";
import { first, headers, socketUrl, tried } from "./trial.js";

const client = createClient({ url: socketUrl, connectionParams: headers });

// As its documentation has it for a query: the one result, once it is complete.
function query(text, variables, operationName) {
  return new Promise((resolve) => {
    let result;
    client.subscribe(
      { query: text, variables, operationName },
      {
        next: (event) => (result = event),
        error: (errors) => resolve({ errors: Array.isArray(errors) ? errors : [String(errors)] }),
        complete: () => resolve(result),
      },
    );
  });
}

const watch = (text, variables, operationName) => first(client.iterate({ query: text, variables, operationName }));

await tried({ query, watch });
