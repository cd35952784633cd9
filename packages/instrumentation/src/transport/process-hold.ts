/**
 * Keeps the process alive while a host waits for something of ours (a release, a record), because our own sockets and timers never do.
 * Returns the end of the hold.
 */
export function holdProcess(): () => void {
  const timer = setInterval(() => undefined, 2 ** 30);
  return () => clearInterval(timer);
}
