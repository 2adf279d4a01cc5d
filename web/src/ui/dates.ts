/** A date is the text the server gave it as, "2026-01-31": no time zone can move it. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** 31 Jan 2026. */
export function day(date: string): string {
  const [year, month, number] = date.split("-");
  return `${Number(number)}\u00a0${MONTHS[Number(month) - 1]}\u00a0${year}`;
}

/** Jan 26, of any day of it. */
export function month(date: string): string {
  const [year = "", number] = date.split("-");
  return `${MONTHS[Number(number) - 1]}\u00a0${year.slice(2)}`;
}

/** 31 Jan 2026, 14:05, where the reader is. */
export function moment(instant: string): string {
  const at = new Date(instant);
  const two = (number: number) => String(number).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day(date)}, ${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The date so many days later. */
export function later(date: string, days: number): string {
  const at = new Date(`${date}T00:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** 2 min 5 s. */
export function span(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
