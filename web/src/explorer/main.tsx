/** GraphiQL, from this origin alone: its editor and its workers are files of ours. */
import "graphiql/setup-workers/vite";
import "graphiql/style.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

const url = new URL("/graphql", location.href);
const fetcher = createGraphiQLFetcher({
  url: url.href,
  wsClient: createClient({ url: url.href.replace(/^http/, "ws") }),
});

createRoot(document.getElementById("root")!).render(<GraphiQL fetcher={fetcher} />);
