/** A date is text as the server sends it, "2026-01-31": it is never converted between time zones. */

// English and not en-IN, which writes "Sept": months of three letters align in tables.
const MONTH = new Intl.DateTimeFormat("en", { month: "short", timeZone: "UTC" });
const TIME = new Intl.DateTimeFormat("en-IN", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
// Sweden writes the parts of a date as ISO 8601 does.
const LOCAL_ISO_DATE = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short" });
const LOCAL_ISO_MINUTE = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });

/** 31 Jan 2026. */
export function formatDate(date: string): string {
  const [year, month, day] = date.split("-");
  return `${Number(day)}\u00a0${nameOf(month)}\u00a0${year}`;
}

/** 31 Jan, where the year is clear. */
export function formatDayMonth(date: string): string {
  const [, month, day] = date.split("-");
  return `${Number(day)}\u00a0${nameOf(month)}`;
}

/** Jan 26, for any day of the month. */
export function formatMonth(date: string): string {
  const [year = "", month] = date.split("-");
  return `${nameOf(month)}\u00a0${year.slice(2)}`;
}

/** 31 Jan 2026, 14:05, in the time zone of the browser. */
export function formatDateTime(instant: string): string {
  const time = new Date(instant);
  return `${formatDate(LOCAL_ISO_DATE.format(time))}, ${TIME.format(time)}`;
}

/** 2026-01-31T14:05, in the time zone of the browser, as an input of a time has it. */
export function localMinute(instant: string): string {
  return LOCAL_ISO_MINUTE.format(new Date(instant)).replace(" ", "T");
}

function nameOf(month: string | undefined): string {
  return MONTH.format(Date.UTC(2000, Number(month) - 1));
}

export function addDays(date: string, days: number): string {
  const time = new Date(`${date}T00:00:00Z`);
  time.setUTCDate(time.getUTCDate() + days);
  return time.toISOString().slice(0, 10);
}

/** 2 min 5 s. */
export function formatDuration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
