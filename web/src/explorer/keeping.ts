/** What the browser keeps of the explorer beyond the page: tabs, history and settings, and nobody's token. */

// The history keeps the headers of a request too. One of ours has a name between braces in a token's place.
const TOKEN = /(?<=\bBearer\s+)(?!\{\{)[^"\\]+|\beyJ[\w-]+\.[\w-]+\.[\w-]+/gi;
// The other ways in, wherever they stand: in a query, in variables, and in these within a text of its own. The tour has
// two that are everybody's.
const SECRET =
  /(\b(?:refreshToken|\w*[pP]assword)\\*"?\s*:\s*\\*")(?!a(?:nother)? long password\\*").*?(?=\\*"(?:\s|\\n|[,})]|$))/g;
const OURS = "graphiql:";

const names = () => Object.keys(localStorage).filter((name) => name.startsWith(OURS));

export const kept = {
  getItem: (name: string) => localStorage.getItem(name),
  setItem: (name: string, value: string) =>
    localStorage.setItem(name, value.replace(TOKEN, "{{borrower}}").replace(SECRET, "$1…")),
  removeItem: (name: string) => localStorage.removeItem(name),
  clear: () => names().forEach((name) => localStorage.removeItem(name)),
  get length() {
    return names().length;
  },
};

/** Open the page with the descriptions of every type and field, whatever was open before. */
export function openDocumentation(): void {
  kept.setItem(`${OURS}visiblePlugin`, "Documentation Explorer");
}
