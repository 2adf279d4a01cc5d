/** Makes the guide for frontend developers, a page of the server, from docs/frontend.md when the front end is built. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Marked, type Tokens } from "marked";
import { getHeadingList, gfmHeadingId } from "marked-gfm-heading-id";
import type { Plugin } from "vite";

const DOCUMENT = fileURLToPath(new URL("../docs/frontend.md", import.meta.url));

// A line of the guide that links to a document of the tour: the page shows the document's text in its place.
const TOUR_LINK = /^- \[`[^`]+`\]\((tour\/[\w-]+\.graphql)\)(.*)$/gm;

const marked = new Marked(gfmHeadingId(), {
  renderer: {
    // The server does not have the repository's files: a link to one becomes plain text.
    link({ href, tokens }: Tokens.Link) {
      const text = this.parser.parseInline(tokens);
      return /^(#|\/|https?:)/.test(href) ? `<a href="${href}">${text}</a>` : text;
    },
    // A long line scrolls within its block, by keyboard too, so that the page does not scroll sideways.
    code: ({ text }: Tokens.Code) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
  },
});

export const guide: Plugin = {
  name: "guide",
  transformIndexHtml: {
    order: "pre",
    async handler(page, { filename }) {
      if (!filename.endsWith("/docs.html")) return page;
      const text = await marked.parse(await withTour(await readFile(DOCUMENT, "utf8")));
      const contents = getHeadingList()
        .filter(({ level }) => level === 2)
        .map(({ id, text }) => `<li><a href="#${id}">${text}</a></li>`);
      const wide = text.replaceAll(
        /<table>[^]*?<\/table>/g,
        (table) => `<div class="wide" tabindex="0">${table}</div>`,
      );
      return page
        .replace("<!-- contents -->", () => `<ul>${contents.join("")}</ul>`)
        .replace("<!-- guide -->", () => wide);
    },
  },
};

async function withTour(markdown: string): Promise<string> {
  const names = [...markdown.matchAll(TOUR_LINK)].map(([, name]) => name!);
  const read = async (name: string) => [name, await readFile(join(dirname(DOCUMENT), name), "utf8")] as const;
  const texts = new Map(await Promise.all(names.map(read)));
  return markdown.replaceAll(TOUR_LINK, (_, name: string, rest: string) => {
    return `\n**${name.slice("tour/".length)}**${rest}\n\n\`\`\`graphql\n${texts.get(name)}\`\`\`\n`;
  });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
