/** The explorer: GraphiQL, whose editor and workers are files of this server, with the steps of docs/tour in its tabs. */
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./explorer.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { fetcher } from "./fetcher";
import { openDocumentation, storage } from "./storage";
import { HEADERS, TOUR } from "./tour";

if (location.hash === "#docs") openDocumentation();

createRoot(document.getElementById("root")!).render(
  <GraphiQL
    fetcher={fetcher}
    storage={storage}
    defaultTabs={TOUR}
    defaultHeaders={HEADERS}
    defaultEditorToolsVisibility="headers"
    showPersistHeadersSettings={false}
  >
    <GraphiQL.Logo>
      <a className="kist-logo" href="/">
        <img src="/icon.svg" alt="" width="22" height="22" />
        kist
      </a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
