/** Parts that are fetched when they are first wanted, and again for some seconds where the server is away just then. */
import { type ComponentType, use } from "react";

const PAUSES_MS = [1000, 2000, 4000];

const failed = new Set<() => void>();

export function later<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  let part: ReturnType<typeof load> | null = null;
  return function Later(props: Props) {
    part ??= patiently(load).catch((error: unknown) => {
      failed.add(() => (part = null));
      throw error;
    });
    const { default: Part } = use(part);
    return <Part {...props} />;
  };
}

/** Unlike what `lazy` makes, these may be tried again. Not by themselves: React asks more than once what became of them. */
export function forgetFailed(): void {
  failed.forEach((forget) => forget());
  failed.clear();
}

export async function patiently<Found>(load: () => Promise<Found>): Promise<Found> {
  for (const pause of PAUSES_MS) {
    try {
      return await load();
    } catch {
      await new Promise((done) => setTimeout(done, pause));
    }
  }
  return load();
}
