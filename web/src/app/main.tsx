/** The console: borrowers see to their loans in it, and operators to the book. */
import "../ui/styles.css";
import "../ui/pieces.css";
import "../ui/tables.css";
import "../ui/shell.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
