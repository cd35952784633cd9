import { createPgliteDatabase } from './index.ts';
import { holdsSuite } from './testing/holds-suite.ts';

const open = () => createPgliteDatabase({ path: 'memory://' });

holdsSuite(open);
