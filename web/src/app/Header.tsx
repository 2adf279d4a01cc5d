/** The header of every page: the menu, who is signed in, and a warning if the browser is offline. */
import { Suspense, useState, useSyncExternalStore } from "react";
import { Link, useLocation } from "wouter";
import { signOut } from "../api/session";
import { useSession } from "../api/useSession";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { lazyWithRetry } from "../ui/lazyWithRetry";
import { HiddenWhileLocked } from "./HiddenWhileLocked";
import { paths } from "./paths";

const SearchBox = lazyWithRetry(() => import("./operator/SearchBox"));

const MENUS = {
  BORROWER: [
    [paths.home(), "Overview"],
    [paths.borrow(), "Borrow"],
    [paths.profile(), "Profile"],
  ],
  OPERATOR: [
    [paths.home(), "Book"],
    [paths.loans(), "Loans"],
    [paths.billing(), "Billing"],
    [paths.products(), "Products"],
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
          <HiddenWhileLocked>
            <nav aria-label="Pages">
              {MENUS[session.role].map(([path, name]) => (
                <MenuLink key={path} path={path} name={name} />
              ))}
            </nav>
            {session.role === "OPERATOR" && (
              <ErrorBoundary name="The search box">
                <Suspense fallback={<div className="search" />}>
                  <SearchBox />
                </Suspense>
              </ErrorBoundary>
            )}
            <Account name={session.name} />
          </HiddenWhileLocked>
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

function Account({ name }: { name: string }) {
  const [isLeaving, setLeaving] = useState(false);
  function leave(): void {
    setLeaving(true);
    void signOut("signed out");
  }
  return (
    <div className="account">
      <span className="account-name" title={name}>
        <span className="visually-hidden">Signed in as </span>
        {name}
      </span>
      <button type="button" onClick={leave} disabled={isLeaving}>
        Sign out
      </button>
    </div>
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
