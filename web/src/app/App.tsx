/** Which page an address shows, and to whom: without a session every address is a way in, and stays the address. */
import { Suspense } from "react";
import { Provider } from "urql";
import { Link, Redirect, Route, Router, Switch, useLocation } from "wouter";
import { clientOf } from "../api/client";
import { door, type Session } from "../api/session";
import { useSession } from "../api/useSession";
import { Fallen } from "../ui/Fallen";
import { later } from "../ui/later";
import { Waiting } from "../ui/Loaded";
import { Page } from "../ui/Page";
import { Foot } from "./Foot";
import { Head } from "./Head";
import { Borrow } from "./borrower/Borrow";
import { Overview } from "./borrower/Overview";
import { Profile } from "./borrower/Profile";
import { LoanPages } from "./loans/LoanPages";
import { Register } from "./Register";
import { SignIn } from "./SignIn";

const Book = later(() => import("./operator/Book"));
const Billing = later(() => import("./operator/Billing"));
const People = later(() => import("./operator/People"));

export function App() {
  const session = useSession();
  const opened = session?.opened;
  // Another session has another client: nothing that one person has seen is shown to the next.
  const client = clientOf(opened);
  return (
    <Router base="/app">
      <div className="frame">
        <Provider value={client} key={opened}>
          <Head />
          <main id="content" className="inner" tabIndex={-1}>
            <Pages of={session} />
          </main>
        </Provider>
        <Provider value={door}>
          <Foot />
        </Provider>
      </div>
    </Router>
  );
}

function Pages({ of }: { of: Session | null }) {
  const [location] = useLocation();
  return (
    <Fallen what="This page" key={location}>
      <Suspense fallback={<Waiting height="24rem" />}>
        {of ? of.role === "OPERATOR" ? <Operators /> : <Borrowers /> : <Doors />}
      </Suspense>
    </Fallen>
  );
}

function Doors() {
  return (
    <Switch>
      <Route path="/register" component={Register} />
      <Route component={SignIn} />
    </Switch>
  );
}

const LOANS = (
  <Route path="/loans/:id/:part?">{({ id, part }) => <LoanPages key={`${id}/${part}`} id={id} part={part} />}</Route>
);

function Borrowers() {
  return (
    <Switch>
      <Route path="/" component={Overview} />
      <Route path="/borrow" component={Borrow} />
      <Route path="/profile" component={Profile} />
      {LOANS}
      <Lost />
    </Switch>
  );
}

function Operators() {
  return (
    <Switch>
      <Route path="/" component={Book} />
      <Route path="/billing" component={Billing} />
      <Route path="/people/:id?">{({ id }) => <People id={id} />}</Route>
      <Route path="/profile" component={Profile} />
      {LOANS}
      <Lost />
    </Switch>
  );
}

function Lost() {
  return (
    <Switch>
      <Route path="/register">
        <Redirect to="/" replace />
      </Route>
      <Route path="/sign-in">
        <Redirect to="/" replace />
      </Route>
      <Route>
        <Page title="There is no such page">
          <p>The address may be mistyped. Everything there is can be found from the menu.</p>
          <div>
            <Link className="button" href="/">
              To the first page
            </Link>
          </div>
        </Page>
      </Route>
    </Switch>
  );
}
