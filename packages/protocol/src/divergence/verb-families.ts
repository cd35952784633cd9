/** Verbs that mean the same kind of action: a call that is worded in one way and named in the other has not strayed. */
const FAMILIES: readonly string[] = [
  'read get list search find fetch query lookup look view show describe check browse inspect retrieve load scan see open know learn identify determine verify confirm review explore locate',
  'send email mail message reply forward notify tell inform write contact post share text call announce respond answer ask invite',
  'delete remove drop erase wipe purge clear clean destroy unlink cancel discard',
  'update change edit modify set adjust fix correct rename patch replace amend move',
  'create add make insert new generate write build open register produce compose draft save store',
  'pay transfer refund charge send wire buy purchase order settle reimburse',
  'run execute test install launch start compile lint deploy release publish reproduce try',
  'book reserve schedule plan arrange',
  'stop kill terminate shutdown end close disable pause halt revoke block ban',
];

const familiesOf: ReadonlyMap<string, readonly number[]> = index();

/** True when two verbs are the same or of one family. */
export function areKin(first: string, second: string): boolean {
  if (first === second) return true;
  const others = familiesOf.get(second);
  return others !== undefined && (familiesOf.get(first)?.some((family) => others.includes(family)) ?? false);
}

/** True for a word that any family knows. */
export const isKnownVerb = (word: string): boolean => familiesOf.has(word);

function index(): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const [family, verbs] of FAMILIES.entries())
    for (const verb of verbs.split(' ')) found.set(verb, [...(found.get(verb) ?? []), family]);
  return found;
}
