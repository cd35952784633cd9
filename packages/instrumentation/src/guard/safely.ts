/** The value of an author's hook, or the fallback when it throws: a hook may not break the action it describes. */
export function safely<T>(hook: () => T, fallback: T): T {
  try {
    return hook();
  } catch {
    return fallback;
  }
}
