const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Verbs of tool names whose effect cannot be taken back, or that move money. One table for the whole platform. */
export const DESTRUCTIVE_VERBS: ReadonlySet<string> = set(
  'delete deletes remove removes drop drops destroy destroys purge purges truncate wipe erase uninstall unlink rm rmdir rmtree kill terminate shutdown ' +
    'revoke expire deactivate disable ban block evict flush reset overwrite rollback revert prune deprovision decommission ' +
    'refund pay payment money funds transfer wire withdraw charge purchase buy sell trade liquidate format fire cancel void',
);

/** Verbs of tool names that change something or speak to somebody. */
export const WRITE_VERBS: ReadonlySet<string> = set(
  'write writes create creates add adds insert inserts update updates upsert set put patch post edit modify change rename move copy append replace ' +
    'save store upload import publish deploy release push commit merge rebase apply send sends reply forward share invite email notify message ' +
    'call dial text tweet comment react book reserve schedule reschedule order submit sign approve reject grant assign unassign enable activate ' +
    'install start stop restart run execute exec eval invoke trigger launch spawn build register subscribe unsubscribe join leave open close lock ' +
    'unlock archive restore tag label click type fill press navigate login logout authenticate configure provision scale migrate sync make bash shell ' +
    'terminal command script python handoff delegate escalate finish complete resolve log record track accept decline follow unfollow like pin rotate',
);

/** Verbs of tool names that only look. */
export const READ_VERBS: ReadonlySet<string> = set(
  'read reads get gets list lists search searches find finds fetch fetches query queries lookup look view views show shows describe check checks count ' +
    'browse inspect preview retrieve load download scan select ls cat grep glob head tail stat status info help explain summarize summarise analyze ' +
    'analyse compare diff calculate compute convert translate validate verify test ping whoami discover explore peek poll watch monitor wait sleep ' +
    'think plan parse extract classify rank recommend suggest estimate forecast weather time now is has can exists review audit screenshot snapshot',
);

/** Verbs that are nouns as often (`get_order`, `list_transfers`): they count only where no reading verb comes first. */
export const NOUNS_TOO: ReadonlySet<string> = set(
  'order orders money funds text message comment email mail log record tag schedule like pin book format payment pay transfer refund charge purchase trade wire block ban cancel ' +
    'release build label track call archive reset commit patch post tweet share command script terminal shell bash python store book reserve contact issue press type ' +
    'close open lock start stop run trigger import upload change update updates copy edit review sign void fire flush expire access set',
);
