/** The addresses of the console's pages, below /app: links use the builders, and the router uses the patterns. */

export const LOAN_PAGES = ["pay", "bills", "payments", "statement"] as const;

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
  loan: (id: string, page?: LoanPage) => (page ? `/loans/${id}/${page}` : `/loans/${id}`),
};

export const patterns = {
  person: "/people/:id?",
  loan: "/loans/:id/:page?",
} as const;
