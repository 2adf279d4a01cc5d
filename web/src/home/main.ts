/** The page stands by itself; this fills in how the service does, and asks again now and then. */

type About = {
  version: string;
  businessDate: string | null;
  sandbox: boolean;
  explorer: boolean;
  console: boolean;
  rest: boolean;
  schema: boolean;
};
type Health = { status: string; database: string; migrations: string; broker: string; schedule: string };

// A load balancer asks more often.
const SECONDS_BETWEEN = 15;
// What is not served here is not shown: each by the settings that it is there by.
const DOORS: Record<string, (about: About) => boolean> = {
  console: (about) => about.console,
  explorer: (about) => about.explorer,
  reference: (about) => about.explorer && about.schema,
  schema: (about) => about.schema,
  rest: (about) => about.rest && about.schema,
};

const element = (id: string) => document.getElementById(id)!;

/** A reader of the screen says what is put there: not the same again and again. */
function say(id: string, text: string): void {
  if (element(id).textContent !== text) element(id).textContent = text;
}

async function refresh(): Promise<void> {
  if (!document.hidden) await Promise.all([fillAbout(), fillHealth()]);
  setTimeout(refresh, SECONDS_BETWEEN * 1000);
}

async function fillAbout(): Promise<void> {
  const about = await asked<About>("/about", "version");
  if (!about) return;
  for (const [door, isOpen] of Object.entries(DOORS)) element(door).hidden = !isOpen(about);
  say("version", about.version);
  say("date", shown(about.businessDate) + (about.sandbox ? " (sandbox)" : ""));
}

async function fillHealth(): Promise<void> {
  const health = await asked<Health>("/health/ready", "status");
  const [state, text] = judged(health);
  element("health").dataset.state = state;
  say("health", text);
  say("details", health ? reasons(health).join(" ") : "This server does not answer.");
}

function judged(health: Health | null): [string, string] {
  if (!health) return ["ill", "away"];
  if (health.status !== "ready") return ["ill", "not ready"];
  return reasons(health).length ? ["degraded", "ready, not well"] : ["ready", "ready"];
}

function reasons({ database, migrations, broker, schedule }: Health): string[] {
  const found: string[] = [];
  if (database === "away") found.push("The database does not answer.");
  else if (migrations !== "current") found.push(`The database's schema: ${migrations}.`);
  if (broker === "away") found.push("The broker does not answer: scores come later.");
  else if (schedule === "late") found.push("The schedule is late: no worker or no scheduler is at work.");
  return found;
}

/**
 * JSON from here that has this member; nothing where there is no such answer. A service that is not ready says so with
 * the status 503, and so does one that ends, in other words.
 */
async function asked<T extends object>(path: string, member: keyof T): Promise<T | null> {
  try {
    const said = (await (await fetch(path)).json()) as T;
    return member in said ? said : null;
  } catch {
    return null;
  }
}

/** 31 Jan 2026. */
function shown(date: string | null): string {
  if (!date) return "unknown";
  const format = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat("en-IN", format).format(new Date(`${date}T00:00:00Z`));
}

void refresh();
