// Relay's network with the functions of its documentation; the compiler, which only prepares texts, is left out.
import { createClient } from "graphql-ws";
import relay from "relay-runtime";
import { headers, socketUrl, tried, url } from "./trial.js";

const ACCEPT = {
  tutorial: {},
  template: { Accept: "application/graphql-response+json; charset=utf-8, application/json; charset=utf-8" },
}[process.argv[2]];

async function fetchGraphQL(request, variables) {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers, ...ACCEPT, "Content-Type": "application/json" },
    body: JSON.stringify({ query: request.text, variables }),
  });
  return await response.json();
}

const socket = createClient({ url: socketUrl, connectionParams: headers });

function subscribe(operation, variables) {
  return relay.Observable.create((sink) =>
    socket.subscribe({ operationName: operation.name, query: operation.text, variables }, sink),
  );
}

const network = relay.Network.create(fetchGraphQL, subscribe);

function executed(operationKind) {
  return (text, variables, name) =>
    new Promise((resolve, reject) => {
      const request = { operationKind, name, text, id: null, metadata: {}, cacheID: name };
      network.execute(request, variables, { force: true }).subscribe({ next: resolve, error: reject });
    });
}

await tried({ query: executed("query"), mutate: executed("mutation"), watch: executed("subscription") });
