/** The explorer: GraphiQL, whose editor and workers are files of this server, with the steps of docs/tour in its tabs. */
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "./explorer.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";
import { EditorColors } from "./EditorColors";
import { fetcher } from "./fetcher";
import { Lender } from "./Lender";
import { openDocumentation, storage } from "./storage";
import { TokenNotice } from "./TokenNotice";
import { HEADERS, TOUR } from "./tour";
import { WrappedLines } from "./WrappedLines";

if (location.hash === "#docs") openDocumentation();

// A phone has space for the operation and the response; a tap on Headers opens the headers.
const IS_NARROW = matchMedia("(max-width: 640px)").matches;

createRoot(document.getElementById("root")!).render(
  <>
    <main>
      <h1 className="visually-hidden">Explorer</h1>
      <TokenNotice />
      <GraphiQL
        fetcher={fetcher}
        storage={storage}
        defaultTabs={TOUR}
        defaultHeaders={HEADERS}
        defaultEditorToolsVisibility={IS_NARROW ? false : "headers"}
        showPersistHeadersSettings={false}
      >
        <GraphiQL.Logo>
          <a className="kist-logo" href="/">
            <img src="/icon.svg" alt="" width="22" height="22" />
            kist
          </a>
        </GraphiQL.Logo>
        <WrappedLines />
        <EditorColors />
      </GraphiQL>
    </main>
    <Lender />
  </>,
);
