/** The header of every page: the menu, the button to sign out, and a warning if the browser is offline. */
import { useState, useSyncExternalStore } from "react";
import { useMutation } from "urql";
import { Link, useLocation } from "wouter";
import { graphql } from "../api/generated";
import { closeSession } from "../api/session";
import { useSession } from "../api/useSession";
import { paths } from "./paths";

const Logout = graphql(`
  mutation Logout {
    logout
  }
`);

const MENUS = {
  BORROWER: [
    [paths.home(), "Overview"],
    [paths.borrow(), "Borrow"],
    [paths.profile(), "Profile"],
  ],
  OPERATOR: [
    [paths.home(), "Book"],
    [paths.billing(), "Billing"],
    [paths.people(), "People"],
    [paths.profile(), "Password"],
  ],
} as const;

export function Header() {
  const session = useSession();
  return (
    <header className="header">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <div className="container">
        <Link className="brand" href={paths.home()}>
          <img src="/icon.svg" alt="" width="28" height="28" />
          kist
        </Link>
        {session && (
          <>
            <nav aria-label="Pages">
              {MENUS[session.role].map(([path, name]) => (
                <MenuLink key={path} path={path} name={name} />
              ))}
            </nav>
            <SignOut />
          </>
        )}
      </div>
      <OfflineWarning />
    </header>
  );
}

function MenuLink({ path, name }: { path: string; name: string }) {
  const [location] = useLocation();
  const isCurrent = path === paths.home() ? location === path : location.startsWith(path);
  return (
    <Link href={path} aria-current={isCurrent ? "page" : undefined}>
      {name}
    </Link>
  );
}

const LOGOUT_TIMEOUT_MS = 5000;

function SignOut() {
  const [, logout] = useMutation(Logout);
  const [isLeaving, setLeaving] = useState(false);
  async function signOut(): Promise<void> {
    setLeaving(true);
    // The tokens are dropped here even if the server cannot be reached.
    await Promise.race([logout({}), new Promise((resolve) => setTimeout(resolve, LOGOUT_TIMEOUT_MS))]);
    closeSession("signed out");
  }
  return (
    <button type="button" onClick={signOut} disabled={isLeaving}>
      Sign out
    </button>
  );
}

function OfflineWarning() {
  const isOnline = useSyncExternalStore(subscribeToConnection, () => navigator.onLine);
  return (
    <div role="status">
      {!isOnline && <div className="offline">You are offline. This page may be out of date.</div>}
    </div>
  );
}

function subscribeToConnection(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
