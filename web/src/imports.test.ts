/** No module imports itself through others: each can be read, and tested, after what it imports. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const SOURCES = import.meta.dirname;

type Graph = Map<string, string[]>;

function readGraph(): Graph {
  const files = globSync("**/*.{ts,tsx}", { cwd: SOURCES }).filter((file) => !file.includes("generated"));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** The modules of ours that a file imports, types and dynamic imports included. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(join(SOURCES, file), "utf8"));
  return importedFiles
    .filter(({ fileName }) => fileName.startsWith("."))
    .map(({ fileName }) => join(SOURCES, dirname(file), fileName))
    .flatMap((path) => [`${path}.ts`, `${path}.tsx`].filter(existsSync))
    .map((path) => relative(SOURCES, path));
}

/** Every circle that a depth-first search meets, as the modules along it. */
function circles(graph: Graph): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  function visit(file: string, path: string[]): void {
    const start = path.indexOf(file);
    if (start >= 0) found.push([...path.slice(start), file].join(" -> "));
    if (start >= 0 || finished.has(file)) return;
    for (const imported of graph.get(file) ?? []) visit(imported, [...path, file]);
    finished.add(file);
  }
  for (const file of graph.keys()) visit(file, []);
  return found;
}

test("no module imports itself through other modules", () => {
  const graph = readGraph();
  expect(graph.get("app/main.tsx")).toContain("app/App.tsx");
  expect(circles(graph)).toEqual([]);
});

test("the search finds circles of every length", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c", "d"]],
    ["c", ["a"]],
    ["d", ["d"]],
  ]);
  expect(circles(graph)).toEqual(["a -> b -> c -> a", "d -> d"]);
});
