/** Shows the lender on the page for addresses that do not exist. */
import { fetchAbout } from "../ui/about";
import { showLender } from "../ui/lender";

void fetchAbout().then((about) => about && showLender(about.lender, document.getElementById("lender")!));
