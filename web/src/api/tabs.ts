/** The tabs of one browser share messages, and a lock around the requests that change the cookie of the session. */

const NAME = "kist.session";

// A message arrives within milliseconds of the end of the request that it reports.
const MESSAGE_TIMEOUT_MS = 1000;

const channel = new BroadcastChannel(NAME);

/** Sends a message to the other tabs. */
export function tellTabs(message: unknown): void {
  channel.postMessage(message);
}

export function listenToTabs<Message>(listener: (message: Message) => void): void {
  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => listener(data));
}

/** Resolves once `isTrue`, which is asked after each message of another tab, or after a second. */
export function waitForTabs(isTrue: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, MESSAGE_TIMEOUT_MS);
    channel.addEventListener("message", look);
    look();
    function look(): void {
      if (isTrue()) finish();
    }
    function finish(): void {
      clearTimeout(timer);
      channel.removeEventListener("message", look);
      resolve();
    }
  });
}

let lastAction: Promise<unknown> = Promise.resolve();

/**
 * Runs an action while no other runs in any tab. `hasWaited` tells the action that another one has just ended: the
 * message about it may still be on its way.
 */
export async function whileAlone<Result>(action: (hasWaited: boolean) => Promise<Result>): Promise<Result> {
  if (!navigator.locks) {
    // Browsers have no locks on pages that came over HTTP from another machine. Two tabs may then refresh at once, and
    // the server answers both with the same token.
    const result = lastAction.then(() => action(false));
    lastAction = result.catch(() => undefined);
    return result;
  }
  let done: { result: Result } | undefined;
  await navigator.locks.request(NAME, { ifAvailable: true }, async (lock) => {
    if (lock) done = { result: await action(false) };
  });
  return done ? done.result : navigator.locks.request(NAME, () => action(true));
}
