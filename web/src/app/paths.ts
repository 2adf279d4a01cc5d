/** The addresses of the console's pages, below /app: links use the builders, and the router uses the patterns. */

export const LOAN_PAGES = ["pay", "bills", "payments", "statement", "events"] as const;

/** The lists of loans by the word in their address. The first one is shown by default. */
export const LOAN_LISTS = ["past-due", "due-this-week", "active", "closed", "all"] as const;

export type LoanList = (typeof LOAN_LISTS)[number];

export type LoanPage = (typeof LOAN_PAGES)[number];

/** The two times of a past view of a loan. */
export interface LoanTimes {
  /** The day at whose end the loan is shown. Absent: the business date. */
  asOf?: string;
  /** Events that were recorded after this moment are left out. Absent: none. */
  knownAt?: string;
}

export const paths = {
  home: () => "/",
  signIn: () => "/sign-in",
  register: () => "/register",
  forgotPassword: () => "/forgot-password",
  resetPassword: () => "/reset-password",
  borrow: () => "/borrow",
  keyFacts: (number: string) => `/key-facts/${number}`,
  profile: () => "/profile",
  billing: () => "/billing",
  products: () => "/products",
  people: () => "/people",
  person: (id: string) => `/people/${id}`,
  loans: (list?: LoanList) => (list ? `/loans?show=${list}` : "/loans"),
  loan: (id: string, page?: LoanPage, times: LoanTimes = {}) =>
    (page ? `/loans/${id}/${page}` : `/loans/${id}`) + queryOf(times),
};

/** "?asOf=2026-03-12" */
function queryOf({ asOf, knownAt }: LoanTimes): string {
  const query = new URLSearchParams({ ...(asOf && { asOf }), ...(knownAt && { knownAt }) }).toString();
  return query && `?${query}`;
}

export const patterns = {
  keyFacts: "/key-facts/:number",
  person: "/people/:id?",
  loan: "/loans/:id/:page?",
} as const;
