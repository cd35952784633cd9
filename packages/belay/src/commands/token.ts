import { OPERATOR_ROLES, type OperatorRole, type TokenClaims } from '@belay/protocol';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { CliError, messageOf } from '../cli-error.ts';
import { type ConnectionOptions, DEFAULT_DATA, resolveConnection, withConnection } from '../client/connection.ts';
import { createOperatorClient } from '../client/operator-client.ts';
import { claimsOf, jtiOf } from '../client/token-claims.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-code.ts';
import { safeText } from '../output/safe-text.ts';
import { dataDirAt, readIfPresent, writeSecret } from '../up/data-dir.ts';
import { loadSigningKey } from '../up/signing-key.ts';
import { mint, type TokenRequest } from '../up/tokens.ts';

interface MintOptions {
  readonly data: string;
  readonly tenant: string;
  readonly days: string;
  readonly name?: string;
  readonly out?: string;
  readonly json?: boolean;
}

interface AgentMintOptions extends MintOptions {
  readonly agents: string;
  readonly agentNames?: string;
  readonly environments?: string;
}

/** `belay token agent|operator|show|revoke`. Minting needs the signing key, so it happens on the machine of control's data folder. */
export function addToken(program: Command, context: CliContext): void {
  const token = program.command('token').description('Mint tokens for agents and operators, and take them away');
  withMinting(token.command('agent').description('A token with which agents report and obey; for BELAY_TOKEN'), context)
    .requiredOption('--agents <glob>', 'agent ids it may speak for, e.g. "billing*"', parseGlob)
    .option(
      '--agent-names <glob>',
      'names that its agents may give themselves; with it they must give one (default: any, or none)',
      parseGlob,
    )
    .option('--environments <glob>', 'environments that its agents may say they are in; with it they must say one', parseGlob)
    .action((options: AgentMintOptions) => {
      const { agents, agentNames, environments, name = `agents ${agents}` } = options;
      return printToken(context, options, { kind: 'agent', subject: name, agents, agentNames, environments });
    });
  withMinting(token.command('operator').description('A token for a person or a script that watches or steers'), context)
    .addOption(new Option('--role <role>', 'what it allows').choices(OPERATOR_ROLES).default('operator'))
    .action((options: MintOptions & { role: OperatorRole }) =>
      printToken(context, options, { kind: 'operator', subject: options.name ?? `${options.role} by belay token`, role: options.role }),
    );
  addShow(token, context);
  addRevoke(token, context);
}

const GLOB_MAX = 256;

function parseGlob(text: string): string {
  if (text === '' || text.length > GLOB_MAX) throw new InvalidArgumentError(`Give 1 to ${GLOB_MAX} characters; * stands for any.`);
  return text;
}

function withMinting(command: Command, context: CliContext): Command {
  return command
    .option('--data <dir>', 'data folder with the signing key', context.env.BELAY_DATA ?? DEFAULT_DATA)
    .option('--tenant <name>', 'tenant that it belongs to', context.env.BELAY_TENANT ?? 'default')
    .option('--days <n>', 'how long it is valid', '90')
    .option('--name <text>', 'label for people and the audit')
    .option('--out <file>', 'write the token to this file, readable by its owner only, instead of standard output')
    .option('--json', 'token, id and expiry as one JSON document');
}

/** The token alone on standard output (or in the file), so that `belay token … > FILE` works; what it is, on standard error. */
async function printToken(
  context: CliContext,
  options: MintOptions,
  request: Omit<TokenRequest, 'tenant' | 'lifetimeDays'>,
): Promise<void> {
  const { terminal, clock } = context;
  const days = Number(options.days);
  if (!(days > 0 && days <= 3650))
    throw new CliError(EXIT.usage, `--days ${JSON.stringify(options.days)} must be a number over 0 and at most 3650.`);
  const key = await loadSigningKey(dataDirAt(options.data));
  if (key === undefined) {
    throw new CliError(EXIT.notFound, `There is no signing key in ${dataDirAt(options.data).path}.`, {
      hint: 'Run this where control keeps its data (--data DIR), after "belay up" has run there once.',
    });
  }
  const { token, claims } = await mint(key, { ...request, tenant: options.tenant, lifetimeDays: days }, clock);
  if (options.out !== undefined) await writeTo(options.out, token);
  if (options.json) return terminal.json({ ...(options.out === undefined ? { token } : { file: options.out }), ...viewOf(claims) });
  if (options.out === undefined) terminal.line(token);
  terminal.note(terminal.colours.dim(`${sentenceOf(claims)} To take it away: belay token revoke ${claims.jti}`));
}

type Claims = Omit<TokenClaims, 'iss'>;

const expiryOf = ({ exp }: Claims): string => new Date(exp * 1000).toISOString();

/** Whoever made a token that nobody has verified may have put anything there. */
const isTime = (seconds: number): boolean => !Number.isNaN(new Date(seconds * 1000).getTime());

const viewOf = (claims: Claims): object => {
  const { jti, kind, tenant, agents, agentNames, environments, role } = claims;
  return { jti, kind, tenant, agents, agentNames, environments, role, expires: expiryOf(claims) };
};

function sentenceOf(claims: Claims): string {
  const { kind, tenant, agents, agentNames, environments, role } = claims;
  const covers = [
    ...(role === undefined ? [] : [`role ${role}`]),
    ...(agents === undefined ? [] : [`agents ${agents}`]),
    ...(agentNames === undefined ? [] : [`named ${agentNames}`]),
    ...(environments === undefined ? [] : [`in ${environments}`]),
  ].join(' ');
  return safeText(`${kind} token of tenant ${tenant}${covers === '' ? '' : `, ${covers}`}, valid until ${expiryOf(claims)}.`, 1024);
}

/** A token says of itself what it covers; whether it is still accepted only control knows. */
function addShow(token: Command, context: CliContext): void {
  token
    .command('show')
    .description('What a token covers, and until when, as it says itself; nothing is asked and nothing verified')
    .argument('<file>', 'a file with the token')
    .option('--json', 'one JSON document')
    .action(async (file: string, options: { json?: boolean }) => {
      const text = await readIfPresent(file);
      if (text === undefined) throw new CliError(EXIT.notFound, `There is no token file ${file}.`);
      const claims = claimsOf(text);
      if (claims === undefined || !isTime(claims.exp)) throw new CliError(EXIT.usage, `${file} holds no token of Belay.`);
      if (options.json) return context.terminal.json(viewOf(claims));
      context.terminal.line(`${sentenceOf(claims)} Its id: ${safeText(claims.jti)}`);
    });
}

async function writeTo(file: string, token: string): Promise<void> {
  try {
    await writeSecret(file, `${token}\n`);
  } catch (cause) {
    throw new CliError(EXIT.usage, `The token cannot be written to ${file}: ${messageOf(cause)}.`, { cause });
  }
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function addRevoke(token: Command, context: CliContext): void {
  const command = token
    .command('revoke')
    .description('Take a token away, at once and for good')
    .argument('<jti|file>', 'the id that minting printed, or a file with the token');
  withConnection(command)
    .option('--json', 'one JSON document')
    .action(async (target: string, options: ConnectionOptions & { json?: boolean }) => {
      const client = createOperatorClient(await resolveConnection(options, context.env));
      const jti = jtiOf((await readIfPresent(target).catch(() => undefined)) ?? '') ?? target;
      if (!UUID.test(jti)) {
        throw new CliError(EXIT.usage, `${JSON.stringify(target)} is neither a token id nor a file with a token.`, {
          hint: 'The id is what "belay token" printed; it looks like 01a1fc86-1f5e-7860-822c-c1da3d19c56a.',
        });
      }
      const answer = await client.post('/v1/tokens/revoke', { jti });
      if (options.json) return context.terminal.json(answer);
      context.terminal.line(`Token ${jti} is revoked: its streams are closed, and it opens nothing any more.`);
    });
}
