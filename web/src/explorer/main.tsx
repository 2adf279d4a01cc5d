/** GraphiQL, from this origin alone: its editor and its workers are files of ours, and its tabs are the documents of docs/tour. */
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./explorer.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { fetcher } from "./asking";
import { kept, openDocumentation } from "./keeping";
import { HEADERS, TOUR } from "./tour";

if (location.hash === "#docs") openDocumentation();

createRoot(document.getElementById("root")!).render(
  <GraphiQL
    fetcher={fetcher}
    storage={kept}
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
