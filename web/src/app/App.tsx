/** The routes of the console. Without a session every address shows the sign-in page, and stays the address. */
import { Suspense } from "react";
import { Provider } from "urql";
import { Link, Redirect, Route, Router, Switch, useLocation } from "wouter";
import { clientOf } from "../api/client";
import { publicClient, restoreSession, type Session } from "../api/session";
import { useSession, useSessionStatus } from "../api/useSession";
import { ErrorBoundary } from "../ui/ErrorBoundary";
import { lazyWithRetry } from "../ui/lazyWithRetry";
import { FailureNotice } from "../ui/Messages";
import { Page } from "../ui/Page";
import { Placeholder } from "../ui/Placeholder";
import { Borrow } from "./borrower/Borrow";
import { Overview } from "./borrower/Overview";
import { Profile } from "./borrower/Profile";
import { Footer } from "./Footer";
import { Header } from "./Header";
import { FocusAfterLock, HiddenWhileLocked } from "./HiddenWhileLocked";
import { IdleLock } from "./IdleLock";
import { LoanPages } from "./loans/LoanPages";
import { paths, patterns } from "./paths";
import { Register } from "./Register";
import { SignIn } from "./SignIn";

const ForgotPassword = lazyWithRetry(() => import("./password/ForgotPassword"));
const ResetPassword = lazyWithRetry(() => import("./password/ResetPassword"));
const KeyFactsPage = lazyWithRetry(() => import("./keyFacts/KeyFactsPage"));
const Book = lazyWithRetry(() => import("./operator/Book"));
const Loans = lazyWithRetry(() => import("./operator/Loans"));
const Billing = lazyWithRetry(() => import("./operator/Billing"));
const Products = lazyWithRetry(() => import("./operator/Products"));
const People = lazyWithRetry(() => import("./operator/People"));

export function App() {
  const session = useSession();
  const isLocked = useSessionStatus() === "locked";
  return (
    <Router base="/app">
      <div className="frame">
        {/* The key drops the state of all pages, so that nothing that one user has seen is shown to the next. */}
        <Provider value={clientOf(session?.number)} key={session?.number}>
          <Header />
          <main id="content" className="container" tabIndex={-1}>
            <HiddenWhileLocked>
              <CurrentPage session={session} />
              <FocusAfterLock />
            </HiddenWhileLocked>
            {isLocked && <CurrentPage session={null} />}
          </main>
          {session?.idleMinutes && !isLocked && <IdleLock minutes={session.idleMinutes} />}
        </Provider>
        <Provider value={publicClient}>
          <Footer />
        </Provider>
      </div>
    </Router>
  );
}

function CurrentPage({ session }: { session: Session | null }) {
  const [location] = useLocation();
  const status = useSessionStatus();
  return (
    <ErrorBoundary name="This page" key={location}>
      <Suspense fallback={<Placeholder height="24rem" />}>{routesOf(session, status)}</Suspense>
    </ErrorBoundary>
  );
}

function routesOf(session: Session | null, status: ReturnType<typeof useSessionStatus>) {
  if (status === "restoring") return <Placeholder height="24rem" />;
  if (status === "unreachable") return <Unreachable />;
  if (!session) return <SignedOutRoutes />;
  return session.role === "OPERATOR" ? <OperatorRoutes /> : <BorrowerRoutes />;
}

const UNREACHABLE = {
  message: "The server cannot be reached. You are still signed in: try again in a moment.",
  requestId: null,
  isRetryable: true,
  isUnapplied: true,
};

/** The page was loaded while the server was away, so that it is not known who is signed in. */
function Unreachable() {
  return (
    <Page title="No connection">
      <FailureNotice failure={UNREACHABLE} retry={restoreSession} />
    </Page>
  );
}

function SignedOutRoutes() {
  return (
    <Switch>
      <Route path={paths.register()} component={Register} />
      <Route path={paths.forgotPassword()} component={ForgotPassword} />
      <Route path={paths.resetPassword()} component={ResetPassword} />
      <Route component={SignIn} />
    </Switch>
  );
}

const LOAN_ROUTE = (
  <Route path={patterns.loan}>{({ id, page }) => <LoanPages key={`${id}/${page}`} id={id} page={page} />}</Route>
);

function BorrowerRoutes() {
  return (
    <Switch>
      <Route path={paths.home()} component={Overview} />
      <Route path={paths.borrow()} component={Borrow} />
      <Route path={patterns.keyFacts}>{({ number }) => <KeyFactsPage number={number} canAccept />}</Route>
      <Route path={paths.profile()} component={Profile} />
      {LOAN_ROUTE}
      <NotFound />
    </Switch>
  );
}

function OperatorRoutes() {
  return (
    <Switch>
      <Route path={paths.home()} component={Book} />
      <Route path={paths.loans()} component={Loans} />
      <Route path={paths.billing()} component={Billing} />
      <Route path={paths.products()} component={Products} />
      <Route path={patterns.person}>{({ id }) => <People id={id} />}</Route>
      <Route path={patterns.keyFacts}>{({ number }) => <KeyFactsPage number={number} canAccept={false} />}</Route>
      <Route path={paths.profile()} component={Profile} />
      {LOAN_ROUTE}
      <NotFound />
    </Switch>
  );
}

// The person who signs in may be another one than the person who opened the page.
const OF_OTHERS = [
  ...[paths.signIn(), paths.register(), paths.forgotPassword(), paths.resetPassword()],
  ...[paths.borrow(), paths.loans(), paths.billing(), paths.products(), patterns.person],
];

/** Pages of another role, or of users who are not signed in, lead to the first page. */
function NotFound() {
  return (
    <Switch>
      {OF_OTHERS.map((path) => (
        <Route key={path} path={path}>
          <Redirect to={paths.home()} replace />
        </Route>
      ))}
      <Route>
        <Page title="Page not found">
          <p>There is no page at this address. The menu leads to all pages.</p>
          <div>
            <Link className="button" href={paths.home()}>
              Go to the first page
            </Link>
          </div>
        </Page>
      </Route>
    </Switch>
  );
}
