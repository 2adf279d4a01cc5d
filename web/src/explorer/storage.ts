/** The explorer's storage in the browser: tabs, history and settings, without tokens and passwords. */

import { noteTypedToken } from "./tokens";

// GraphiQL's history stores the headers of a request. A placeholder replaces the token.
const TOKEN = /(?<=\bBearer\s+)(?!\{\{)[^"\\]+|\beyJ[\w-]+\.[\w-]+\.[\w-]+/gi;
// Refresh tokens and passwords in queries and in variables, also if the JSON is itself a string in JSON. The tour's two
// passwords are public.
const SECRET =
  /(\b(?:refreshToken|\w*[pP]assword)\\*"?\s*:\s*\\*")(?!a(?:nother)? long password\\*").*?(?=\\*"(?:\s|\\n|[,})]|$))/g;
const PREFIX = "graphiql:";

const names = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

export const storage = {
  getItem: (name: string) => localStorage.getItem(name),
  setItem: (name: string, value: string) => {
    const withoutTokens = value.replace(TOKEN, "{{borrower}}");
    if (withoutTokens !== value) noteTypedToken();
    localStorage.setItem(name, withoutTokens.replace(SECRET, "$1…"));
  },
  removeItem: (name: string) => localStorage.removeItem(name),
  clear: () => names().forEach((name) => localStorage.removeItem(name)),
  get length() {
    return names().length;
  },
};

/** Makes GraphiQL open the documentation of the schema, whatever was open before. */
export function openDocumentation(): void {
  storage.setItem(`${PREFIX}visiblePlugin`, "Documentation Explorer");
}
