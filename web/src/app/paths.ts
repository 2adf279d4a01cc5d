/** The addresses of the console's pages, below /app: links use the builders, and the router uses the patterns. */

export const LOAN_PAGES = ["pay", "bills", "payments", "statement"] as const;

/** The lists of loans by the word in their address. The first one is shown by default. */
export const LOAN_LISTS = ["past-due", "due-this-week", "active", "closed", "all"] as const;

export type LoanList = (typeof LOAN_LISTS)[number];

export type LoanPage = (typeof LOAN_PAGES)[number];

export const paths = {
  home: () => "/",
  signIn: () => "/sign-in",
  register: () => "/register",
  forgotPassword: () => "/forgot-password",
  resetPassword: () => "/reset-password",
  borrow: () => "/borrow",
  profile: () => "/profile",
  billing: () => "/billing",
  people: () => "/people",
  person: (id: string) => `/people/${id}`,
  loans: (list?: LoanList) => (list ? `/loans?show=${list}` : "/loans"),
  loan: (id: string, page?: LoanPage) => (page ? `/loans/${id}/${page}` : `/loans/${id}`),
};

export const patterns = {
  person: "/people/:id?",
  loan: "/loans/:id/:page?",
} as const;
