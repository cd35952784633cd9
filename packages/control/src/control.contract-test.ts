import { createPgliteDatabase } from './index.ts';
import { holdsContract } from './testing/holds-contract.ts';

const open = () => createPgliteDatabase({ path: 'memory://' });

holdsContract(open);
