/** Makes the guide for frontend developers, a page of the server, from docs/frontend.md when the front end is built. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import highlighter from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import graphql from "highlight.js/lib/languages/graphql";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import python from "highlight.js/lib/languages/python";
import typescript from "highlight.js/lib/languages/typescript";
import { Marked, type Tokens } from "marked";
import { getHeadingList, gfmHeadingId } from "marked-gfm-heading-id";
import type { Plugin } from "vite";

const DOCUMENT = fileURLToPath(new URL("../docs/frontend.md", import.meta.url));

// A line of the guide that links to a document of the tour: the page shows the document's text in its place.
const TOUR_LINK = /^- \[`[^`]+`\]\((tour\/[\w-]+\.graphql)\)(.*)$/gm;

// The names of languages in the guide.
const LANGUAGES = { sh: bash, graphql, js: javascript, json, python, ts: typescript };
Object.entries(LANGUAGES).forEach(([name, language]) => highlighter.registerLanguage(name, language));

// The address of a sandbox; the page's script replaces it by the one of the server that it came from.
const ADDRESS = /http:\/\/127\.0\.0\.1:8000/g;

const marked = new Marked(gfmHeadingId(), {
  renderer: {
    // The server does not have the repository's files: a link to one becomes plain text.
    link({ href, tokens }: Tokens.Link) {
      const text = this.parser.parseInline(tokens);
      return /^(#|\/|https?:)/.test(href) ? `<a href="${href}">${text}</a>` : text;
    },
    // A long line scrolls within its block, by keyboard too, so that the page does not scroll sideways.
    code: ({ text, lang }: Tokens.Code) =>
      `<div class="code"><pre tabindex="0"><code>${highlighted(text, lang)}</code></pre></div>\n`,
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

/** The code as HTML with a class for each kind of word. The first word of `info` is the language. */
function highlighted(text: string, info = ""): string {
  const html = highlighter.highlight(text, { language: info.split(" ")[0]! }).value;
  return html.replaceAll(ADDRESS, (address) => `<span data-address>${address}</span>`);
}
