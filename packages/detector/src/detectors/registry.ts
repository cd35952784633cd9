import { canaryDetector } from './canary/canary.ts';
import { denialBurstDetector } from './denial-burst/denial-burst.ts';
import type { DetectorType } from './detector.ts';
import { divergenceDetector } from './divergence/divergence.ts';
import { driftDetector } from './drift/drift.ts';
import { failureDetector } from './failure/failure.ts';
import { loopDetector } from './loop/loop.ts';
import { novelEndpointDetector } from './novel-endpoint/novel-endpoint.ts';
import { sensitiveDetector } from './sensitive/sensitive.ts';
import { spendRateDetector } from './spend-rate/spend-rate.ts';
import { telemetryGapDetector } from './telemetry-gap/telemetry-gap.ts';
import { zombieDetector } from './zombie/zombie.ts';

/** Every detector there is, in the order in which they look at a decision. */
export const detectorRegistry: readonly DetectorType[] = [
  loopDetector,
  spendRateDetector,
  novelEndpointDetector,
  driftDetector,
  failureDetector,
  sensitiveDetector,
  divergenceDetector,
  denialBurstDetector,
  telemetryGapDetector,
  zombieDetector,
  canaryDetector,
];
