/** Most destinations of one call. */
export const MAX_DESTINATIONS = 32;
/** Longest destination, UTF-16 units. */
export const MAX_LENGTH = 512;

/** Adds a destination once; false when it is too long or the list is full. */
export function addTo(found: string[], destination: string): boolean {
  if (destination.length > MAX_LENGTH || found.length > MAX_DESTINATIONS) return false;
  if (!found.includes(destination)) found.push(destination);
  return true;
}
