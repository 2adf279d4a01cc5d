/** What stands above every page: the way to the others, the way out, and whether there is a connection. */
import { useState, useSyncExternalStore } from "react";
import { useMutation } from "urql";
import { Link, useLocation } from "wouter";
import { graphql } from "../api/generated";
import { close } from "../api/session";
import { useSession } from "../api/useSession";

const Logout = graphql(`
  mutation Logout {
    logout
  }
`);

const PAGES = {
  BORROWER: [
    ["/", "Overview"],
    ["/borrow", "Borrow"],
    ["/profile", "Profile"],
  ],
  OPERATOR: [
    ["/", "Book"],
    ["/billing", "Billing"],
    ["/people", "People"],
    ["/profile", "Password"],
  ],
} as const;

export function Head() {
  const session = useSession();
  return (
    <header className="top">
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <div className="inner">
        <Link className="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          kist
        </Link>
        {session && (
          <>
            <nav aria-label="Pages">
              {PAGES[session.role].map(([path, name]) => (
                <PageLink key={path} path={path} name={name} />
              ))}
            </nav>
            <SignOut />
          </>
        )}
      </div>
      <Connection />
    </header>
  );
}

function PageLink({ path, name }: { path: string; name: string }) {
  const [location] = useLocation();
  const isHere = path === "/" ? location === "/" : location.startsWith(path);
  return (
    <Link href={path} aria-current={isHere ? "page" : undefined}>
      {name}
    </Link>
  );
}

const LONGEST_GOODBYE_MS = 5000;

function SignOut() {
  const [, logout] = useMutation(Logout);
  const [isLeaving, setLeaving] = useState(false);
  async function leave(): Promise<void> {
    setLeaving(true);
    // Whether or not the server hears of it, the tokens are gone from here, and soon.
    await Promise.race([logout({}), new Promise((done) => setTimeout(done, LONGEST_GOODBYE_MS))]);
    close("signed out");
  }
  return (
    <button type="button" onClick={leave} disabled={isLeaving}>
      Sign out
    </button>
  );
}

function Connection() {
  const isOnline = useSyncExternalStore(
    (changed) => {
      window.addEventListener("online", changed);
      window.addEventListener("offline", changed);
      return () => {
        window.removeEventListener("online", changed);
        window.removeEventListener("offline", changed);
      };
    },
    () => navigator.onLine,
  );
  return (
    <div role="status">{!isOnline && <div className="offline">You are offline. What you see may be old.</div>}</div>
  );
}
