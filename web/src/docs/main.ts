/** Completes the guide: the address of this server in its examples, buttons that copy them, and the lender. */
import { fetchAbout } from "../ui/about";
import { showLender } from "../ui/lender";

const COPIED_MS = 2000;

for (const place of document.querySelectorAll("[data-address]")) place.textContent = location.origin;
for (const block of document.querySelectorAll<HTMLElement>(".code")) addCopyButton(block);
void fetchAbout().then((about) => about && showLender(about.lender, document.getElementById("lender")!));

function addCopyButton(block: HTMLElement): void {
  const code = block.querySelector("pre")!;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Copy" });
  button.addEventListener("click", async () => {
    button.textContent = (await copy(code)) ? "Copied" : "Press Ctrl-C";
    setTimeout(() => (button.textContent = "Copy"), COPIED_MS);
  });
  block.append(button);
}

/** Copies the text of an element. Where the browser does not allow that, it selects the text and returns false. */
async function copy(code: HTMLElement): Promise<boolean> {
  try {
    // Only pages that came by HTTPS or from this machine have a clipboard.
    await navigator.clipboard.writeText(code.innerText);
    return true;
  } catch {
    getSelection()?.selectAllChildren(code);
    return false;
  }
}
