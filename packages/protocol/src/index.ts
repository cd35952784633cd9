export { type Anomaly, anomalySchema } from './anomaly/anomaly.ts';
export { type AnomalyIdentity, anomalyId } from './anomaly/anomaly-id.ts';
export { type Score, scoreSchema } from './anomaly/score.ts';
export { ATTR, type AttributeName } from './attributes.ts';
export { featuresOf } from './call/features.ts';
export { inferEffect } from './call/infer-effect.ts';
export { type Leaf, leavesOf } from './call/leaves.ts';
export { type ScannedArguments, scanArguments } from './call/scan-arguments.ts';
export { sketchOf } from './call/sketch.ts';
export { sketchOfText } from './call/sketch-of-text.ts';
export { canonicalJson } from './canonical/canonical-json.ts';
export { callDigest, callDigestOfText, digestOf, type ResultDigestOptions, resultDigest, textDigest } from './canonical/digest.ts';
export { DEFAULT_VOLATILE_KEYS } from './canonical/volatile-keys.ts';
export { type Clock, type Random, systemClock, systemRandom } from './clock.ts';
export { type DecodedLine, decodeLine } from './codec/decode-line.ts';
export { type Decoded, decodeAnomaly, decodeControlEvent, decodeConversationStep, decodeScore } from './codec/decode-value.ts';
export { encodeEvent } from './codec/encode-event.ts';
export { blastRadiusLimit } from './control/blast-radius.ts';
export { type ControlEvent, controlEventSchema } from './control/control-event.ts';
export {
  ACK_STATES,
  type Ack,
  type AckState,
  ackSchema,
  type Heartbeat,
  type Hold,
  heartbeatSchema,
  holdSchema,
  type SignedState,
  signedStateSchema,
} from './control/hold.ts';
export { inputOfControlEvent } from './control/input-of-control-event.ts';
export { OPERATOR_ROLES, type OperatorRole, type TokenClaims, tokenClaimsSchema } from './control/token.ts';
export { destinationsInText } from './destinations/destinations-in-text.ts';
export { normaliseDestinations } from './destinations/normalise-destinations.ts';
export { assessDivergence, type Divergence, type DivergenceInput } from './divergence/assess-divergence.ts';
export { assertNever, BelayError, type BelayErrorCode, type BelayErrorOptions, isBelayError } from './errors.ts';
export { type ConversationStep, conversationStepSchema } from './event/conversation-step.ts';
export { type Call, type DecisionEvent, decisionEventSchema, type Feature, featureSchema, type Outcome } from './event/decision-event.ts';
export { type InputRecord, inputRecordSchema, PRIOR_KEYS_MAX } from './event/input-record.ts';
export type {
  DetectorMode,
  Effect,
  ErrorClass,
  EventKind,
  EventSource,
  FeedbackVerdict,
  HoldAction,
  HoldCause,
  HoldScope,
  ModeSetting,
  OutcomeStatus,
  PolicyAction,
  PolicyVerdict,
  Response,
  RunState,
  Sensitivity,
  Severity,
  Suppression,
} from './event/vocabulary.ts';
export { vocabulary } from './event/vocabulary.ts';
export type { Json } from './json.ts';
export { AGENT_ID_MAX_BYTES, type AgentKey, agentKey, isAgentId, isTenant, matchesPattern, parseAgentKey, TENANT_PATTERN } from './keys.ts';
export { classifyError, type ErrorFacts } from './outcome/classify-error.ts';
export { isEmptyResult } from './outcome/is-empty-result.ts';
export { preview } from './redaction/preview.ts';
export { redact } from './redaction/redact.ts';
export { hasSecret, REDACTED, redactText } from './redaction/redact-text.ts';
export { hasSecretKey } from './redaction/secret-keys.ts';
export { type AgentBinding, type BindingBreach, bindingBreach, type SaidOfAgent } from './token/agent-binding.ts';
export { endorseKey } from './token/endorsement.ts';
export { mintToken, type NewTokenClaims } from './token/mint-token.ts';
export {
  createStateVerifier,
  type StateRefusal,
  type StateVerifier,
  type StateVerifierOptions,
  signState,
  type VerifiedState,
} from './token/signed-state.ts';
export { generateSigningKey, publicJwks, thumbprintOf } from './token/signing-key.ts';
export { thumbprintOfToken } from './token/thumbprint-of-token.ts';
export {
  createTokenVerifier,
  type TokenRefusal,
  type TokenVerifier,
  type TokenVerifierOptions,
  type VerifiedToken,
} from './token/verify-token.ts';
export {
  EVENT_MAX_BYTES,
  HEADER_LINES,
  HEADER_SCHEMA,
  MESSAGE_MAX_BYTES,
  TOPIC_SPECS,
  TOPICS,
  type Topic,
  type TopicSpec,
} from './topics.ts';
export { uuidv7 } from './uuidv7.ts';
