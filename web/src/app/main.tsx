/** The console, in which borrowers manage their loans and operators manage the book. */
import "./console.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { restoreSession } from "../api/session";
import { App } from "./App";

// Before the first rendering, which then waits for the session instead of showing the sign-in page.
void restoreSession();

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
