/** The colors of the editors: kist's accent, and comments and line numbers that can be read in the dark scheme too. */
import { useMonaco } from "@graphiql/react";
import { useEffect } from "react";

/** Defines GraphiQL's two themes of the editors again. The comments of the tour are its text. */
export function EditorColors() {
  const monaco = useMonaco((state) => state.monaco);
  useEffect(() => {
    monaco?.editor.defineTheme("graphiql-LIGHT", {
      base: "vs",
      inherit: true,
      rules: [{ token: "argument.identifier.gql", foreground: "#5d5ac0" }],
      colors: partsOf("#ffffff", "#0b5d4e"),
    });
    monaco?.editor.defineTheme("graphiql-DARK", {
      base: "vs-dark",
      inherit: true,
      rules: [
        { token: "argument.identifier.gql", foreground: "#a29dff" },
        { token: "comment", foreground: "#8fbd7c" },
      ],
      colors: { ...partsOf("#212a3b", "#5cc3ab"), "editorLineNumber.foreground": "#a3adbf" },
    });
  }, [monaco]);
  return null;
}

/** The parts that GraphiQL's own themes color. */
function partsOf(surface: string, accent: string): Record<string, string> {
  const clear = "#ffffff00";
  const tint = `${accent}19`;
  return {
    "editor.background": clear,
    "scrollbar.shadow": clear,
    "editorHoverWidget.background": surface,
    "editorSuggestWidget.background": surface,
    "editorWidget.background": surface,
    "menu.background": surface,
    "quickInput.background": surface,
    "editorSuggestWidget.selectedBackground": tint,
    "inputOption.hoverBackground": tint,
    "list.hoverBackground": tint,
    "menu.selectionBackground": tint,
    "quickInputList.focusBackground": tint,
    "toolbar.hoverBackground": tint,
    "editorLink.activeForeground": accent,
    "editorSuggestWidget.selectedForeground": accent,
    "editorWidget.resizeBorder": accent,
    "list.focusHighlightForeground": accent,
    "list.highlightForeground": accent,
    "menu.selectionForeground": accent,
    "pickerGroup.foreground": accent,
    "textLink.activeForeground": accent,
    "textLink.foreground": accent,
    focusBorder: accent,
  };
}
