import { canaryDetector } from './canary/canary.ts';
import type { DetectorType } from './detector.ts';
import { loopDetector } from './loop/loop.ts';
import { spendRateDetector } from './spend-rate/spend-rate.ts';

/** Every detector there is, in the order in which they look at a decision. */
export const detectorRegistry: readonly DetectorType[] = [loopDetector, spendRateDetector, canaryDetector];
