/** Makes the editors wrap long lines: the comments of the tour are whole in a narrow window. */
import { useGraphiQL } from "@graphiql/react";
import { useEffect } from "react";

export function WrappedLines() {
  const query = useGraphiQL((state) => state.queryEditor);
  const variables = useGraphiQL((state) => state.variableEditor);
  const headers = useGraphiQL((state) => state.headerEditor);
  useEffect(() => {
    for (const editor of [query, variables, headers]) editor?.updateOptions({ wordWrap: "on" });
  }, [query, variables, headers]);
  return null;
}
