/** Components whose code is fetched when they are first rendered, and fetched again if the server cannot be reached. */
import { type ComponentType, use } from "react";

const RETRY_PAUSES_MS = [1000, 2000, 4000];

const failedImports = new Set<() => void>();

export function lazyWithRetry<Props extends object>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  let module: ReturnType<typeof load> | null = null;
  return function Lazy(props: Props) {
    module ??= withRetry(load).catch((error: unknown) => {
      failedImports.add(() => (module = null));
      throw error;
    });
    const { default: Component } = use(module);
    return <Component {...props} />;
  };
}

/**
 * Lets components whose import failed load again; those of React's `lazy` never do. This does not happen by itself,
 * because React reads a failed import more than once.
 */
export function forgetFailedImports(): void {
  failedImports.forEach((forget) => forget());
  failedImports.clear();
}

/** Loads up to four times within seven seconds. Throws the last error. */
export async function withRetry<Value>(load: () => Promise<Value>): Promise<Value> {
  for (const pause of RETRY_PAUSES_MS) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
  return load();
}
