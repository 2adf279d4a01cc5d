/** Fills in the state of the service on the home page, and refreshes it while the page is visible. */
import { type About, fetchAbout, fetchJson } from "../ui/about";
import { formatDate } from "../ui/dates";
import { showLender } from "../ui/lender";

type Health = { status: string; database: string; migrations: string; broker: string; schedule: string };

// A load balancer asks more often.
const REFRESH_SECONDS = 15;
// The links that a server's settings may turn off.
const OPTIONAL_LINKS: Record<string, (about: About) => boolean> = {
  console: (about) => about.console,
  explorer: (about) => about.explorer,
  reference: (about) => about.explorer && about.schema,
  schema: (about) => about.schema,
  rest: (about) => about.rest && about.schema,
  keys: (about) => about.keys,
};

const element = (id: string) => document.getElementById(id)!;

/** Changes the text only if it differs: a screen reader announces each change. */
function setText(id: string, text: string): void {
  if (element(id).textContent !== text) element(id).textContent = text;
}

async function refresh(): Promise<void> {
  if (!document.hidden) await Promise.all([showAbout(), showHealth()]);
  setTimeout(refresh, REFRESH_SECONDS * 1000);
}

async function showAbout(): Promise<void> {
  const about = await fetchAbout();
  if (!about) return;
  for (const [id, isServed] of Object.entries(OPTIONAL_LINKS)) element(id).hidden = !isServed(about);
  showLender(about.lender, element("lender"));
  setText("version", about.version);
  const date = about.businessDate ? formatDate(about.businessDate) : "unknown";
  setText("date", about.sandbox ? `${date} (sandbox)` : date);
}

async function showHealth(): Promise<void> {
  const health = await fetchJson<Health>("/health/ready", "status");
  const [state, text] = assess(health);
  element("health").dataset.state = state;
  setText("health", text);
  setText("details", health ? problemsOf(health).join(" ") : "This server does not respond.");
}

function assess(health: Health | null): [state: string, text: string] {
  if (!health) return ["down", "not reachable"];
  if (health.status !== "ready") return ["down", "not ready"];
  return problemsOf(health).length ? ["degraded", "ready, with problems"] : ["ready", "ready"];
}

function problemsOf({ database, migrations, broker, schedule }: Health): string[] {
  const problems: string[] = [];
  if (database === "away") problems.push("The database does not respond.");
  else if (migrations !== "current") problems.push(`The schema of the database: ${migrations}.`);
  if (broker === "away") problems.push("The broker does not respond: credit scores are delayed.");
  else if (schedule === "late") problems.push("The schedule is late: no worker or no scheduler is running.");
  return problems;
}

void refresh();
