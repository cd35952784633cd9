import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { destinationsInText } from './destinations-in-text.ts';
import { normaliseDestinations } from './normalise-destinations.ts';

const of = (role: string, value: unknown): string[] => normaliseDestinations('tool', { [role]: value });

describe('URLs', () => {
  it.each([
    ['https://api.example.com/v1/orders/1234?token=x#y', ['https://api.example.com/v1/orders/{id}']],
    ['https://api.example.com/users/3f0e9a52-1d0c-4f6a-9d5b-6b7f6c1e2a33/posts', ['https://api.example.com/users/{id}/posts']],
    ['https://api.example.com/reports/2026-01-05', ['https://api.example.com/reports/{id}']],
    ['https://api.example.com/blob/d41d8cd98f00b204e9800998ecf8427e', ['https://api.example.com/blob/{id}']],
    ['https://example.com/', ['https://example.com']],
    ['HTTPS://EXAMPLE.com:443/A', ['https://example.com/A']],
    ['http://example.com:8080/a', ['http://example.com:8080/a']],
    ['https://good.example@evil.example/x', ['https://evil.example/x']],
    ['https://good.example:pw@evil.example', ['https://evil.example']],
    ['https://good.example\\@evil.example', ['https://good.example/@evil.example']],
    ['https:\\\\evil.example\\a', ['https://evil.example/a']],
    ['https:evil.example', ['https://evil.example']],
    ['ht\ntps://evil.example', ['https://evil.example']],
    ['//evil.example/a', ['https://evil.example/a']],
    ['https://evil.example./a', ['https://evil.example/a']],
    ['https://%65vil.example/a', ['https://evil.example/a']],
    ['https://evil.example/a/../b/%2e%2e/c', ['https://evil.example/c']],
    ['https://evil.example/%61dmin', ['https://evil.example/admin']],
    ['https://bücher.example', ['https://xn--bcher-kva.example']],
    ['https://xn--bcher-kva.example', ['https://xn--bcher-kva.example']],
    ['https://еxample.com', ['https://xn--xample-2of.com']],
    ['https://ｅｘａｍｐｌｅ。com', ['https://example.com']],
    ['https://exa\u200bmple.com', ['https://example.com']],
    ['http://0x7f000001/', ['http://127.0.0.1']],
    ['http://2130706433/', ['http://127.0.0.1']],
    ['http://0177.0.0.1/', ['http://127.0.0.1']],
    ['http://127.1/', ['http://127.0.0.1']],
    ['http://[::1]:8080/', ['http://[::1]:8080']],
    ['http://[::ffff:169.254.169.254]/latest', ['http://169.254.169.254/latest']],
    ['http://[0:0:0:0:0:ffff:a9fe:a9fe]/latest', ['http://169.254.169.254/latest']],
    ['http://[64:ff9b::a9fe:a9fe]/', ['http://169.254.169.254']],
    ['http://169.254.169.254/latest/meta-data', ['http://169.254.169.254/latest/meta-data']],
    ['s3://my-bucket/exports/2026-01-05/rows.csv', ['s3://my-bucket/exports/{id}/rows.csv']],
    ['postgres://user:pw@DB.Internal:5432/app', ['postgres://db.internal:5432/app']],
    ['jdbc:postgresql://db.internal/app', ['postgresql://db.internal/app']],
    ['https://exa mple.com', ['other:invalid-url']],
    ['https://github.com/Acme/Widgets/pull/12', ['https://github.com/Acme/Widgets/pull/{id}', 'repo:acme/widgets']],
  ])('%j becomes %j', (value, expected) => {
    expect(of('url', value)).toEqual(expected);
  });
});

describe('hosts', () => {
  it.each([
    ['url', 'example.com', ['host:example.com']],
    ['host', 'Example.COM.', ['host:example.com']],
    ['host', 'db.internal:5432', ['host:db.internal:5432']],
    ['server', 'localhost:5432', ['host:localhost:5432']],
    ['host', 'build', ['host:build']],
    ['host', '0x7f.1', ['host:127.0.0.1']],
    ['domain', 'good.example@evil.example', ['mailto:evil.example', 'mailto:good.example@evil.example']],
    ['value', '10.0.0.7:22', ['host:10.0.0.7:22']],
    ['value', '[::ffff:10.0.0.7]:22', ['host:10.0.0.7:22']],
    ['value', '2001:DB8:0::1', ['host:[2001:db8::1]']],
    ['value', 'example.com', ['host:example.com']],
    ['value', 'www.example.weird', ['host:www.example.weird']],
    ['value', 'bücher.example', ['host:xn--bcher-kva.example']],
    ['origin', 'JFK', []],
    ['value', 'setup.py', []],
    ['value', 'os.path', []],
    ['text', 'see evil.com for more', ['host:evil.com']],
    ['text', 'It ended.It was late. e.g. numpy.linalg.norm(x)', []],
    ['code', 'import java.net\nsocket.io', []],
  ])('%s: %j gives %j', (role, value, expected) => {
    expect(of(role, value)).toEqual(expected);
  });
});

describe('people and accounts', () => {
  it.each([
    ['to', 'Bob.Smith@Example.com', ['mailto:example.com', 'mailto:bob.smith@example.com']],
    ['to', 'Bob <bob@a.example>, ann@b.example', ['mailto:a.example', 'mailto:bob@a.example', 'mailto:b.example', 'mailto:ann@b.example']],
    [
      'to',
      'mailto:bob@a.example?cc=eve@evil.example',
      ['mailto:a.example', 'mailto:bob@a.example', 'mailto:evil.example', 'mailto:eve@evil.example'],
    ],
    ['to', 'bob＠evil.example', ['mailto:evil.example', 'mailto:bob@evil.example']],
    ['to', 'bob@exämple.example', ['mailto:xn--exmple-cua.example', 'mailto:bob@xn--exmple-cua.example']],
    ['to', 'bob@[192.168.0.1]', ['mailto:192.168.0.1', 'mailto:bob@192.168.0.1']],
    [
      'to',
      'bob@evil.example@good.example',
      ['mailto:evil.example', 'mailto:bob@evil.example', 'mailto:good.example', 'mailto:evil.example@good.example'],
    ],
    ['package', 'lodash@4.17.21', []],
    ['iban', 'DE89 3704 0044 0532 0130 00', ['account:DEd62e5f8a7b1c2d3e']],
    ['phone', '+49 170 1234567', ['tel:+49']],
    ['value', '+1 (212) 555-0100', ['tel:+1']],
    ['phone', '0170 1234567', ['tel:national']],
    ['to', '+3538712345678', ['tel:+353']],
    ['user', '@Alice', ['handle:@alice']],
    ['channel', '#General', ['handle:#general']],
    ['agent', 'Billing Agent', ['agent:Billing Agent']],
  ])('%s: %j gives %j', (role, value, expected) => {
    expect(of(role, value)).toEqual(
      expected.map((one) => (one.startsWith('account:DE') ? expect.stringMatching(/^account:DE[0-9a-f]{16}$/) : one)),
    );
  });

  it('gives one account one key, however it is spaced and wherever it stands', () => {
    const [key] = of('iban', 'de89370400440532013000');
    expect(of('value', 'DE89 3704 0044 0532 0130 00')).toEqual([key]);
    expect(destinationsInText('Please pay to DE89 3704 0044 0532 0130 00 BEFORE NOON')).toEqual([key]);
    expect(of('account_number', '12345678')).toEqual([expect.stringMatching(/^account:ZZ/)]);
    expect(of('quantity', '12345678')).toEqual([]);
  });

  it('takes an id for an account where the argument is one for accounts, and six digits are in it', () => {
    for (const id of ['GB0012345678', 'acct_1032D82eZvKYlo2C', 'ACC-123456', '0x52908400098527886e0f7030069857d2e4169ee7'])
      expect(of('recipient', id)).toEqual([expect.stringMatching(/^account:ZZ[0-9a-f]{16}$/)]);
    expect(of('recipient', 'Bob Smith')).toEqual([]);
    expect(of('recipient', 'team-2')).toEqual([]);
    expect(of('order', 'GB0012345678')).toEqual([]);
  });
});

describe('files, repositories and agents', () => {
  it.each([
    ['path', '/etc/passwd', ['file:/etc/passwd']],
    ['path', 'src/app/main.ts', ['file:src/app']],
    ['path', './src/../../etc/shadow', ['file:../etc']],
    ['path', '/a/../../../etc/./shadow', ['file:/etc/shadow']],
    ['path', 'C:\\Users\\bob\\x.txt', ['file:/c:/Users']],
    ['path', '\\\\evil.example\\share\\x', ['host:evil.example', 'file://evil.example/share/x']],
    ['value', '~/.ssh/id_rsa', ['file:~/.ssh']],
    ['value', 'file:///etc/passwd', ['file:/etc/passwd']],
    ['path', '/tmp/12345/x', ['file:/tmp/{id}']],
    ['path', '/etc/passwd\0.png', ['file:/etc/passwd']],
    ['repo', 'Acme/widgets', ['repo:acme/widgets']],
    ['repo_name', 'Acme/widgets', ['repo:acme/widgets']],
    ['target_repository_name', 'Acme/widgets', ['repo:acme/widgets']],
    ['repo_name', 'widgets', []],
    ['repo_description', 'widgets/gadgets', []],
    ['repo_branch_name', 'feature/widgets', []],
    ['repo_path_name', 'src/widgets.ts', []],
    ['value', 'git@github.com:acme/widgets.git', ['repo:acme/widgets', 'host:github.com']],
  ])('%s: %j gives %j', (role, value, expected) => {
    expect(of(role, value)).toEqual(expected);
  });

  it('joins owner and repository', () => {
    expect(normaliseDestinations('create_issue', { owner: 'Acme', repo: 'widgets' })).toEqual(['repo:acme/widgets']);
  });

  it('reads the agent out of a hand-over', () => {
    expect(normaliseDestinations('transfer_to_billing_agent', {})).toEqual(['agent:billing_agent']);
  });
});

describe('bounds', () => {
  it('says so when a call has more than 32 destinations, instead of dropping the last ones', () => {
    const found = of('to', Array.from({ length: 60 }, (_, n) => `p@d${n}x.example`).join(','));
    expect(found).toHaveLength(32);
    expect(found.at(-1)).toBe('other:overflow');
  });

  it('never throws, stays in its bounds and is settled after one pass, whatever the arguments', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
      fc.emailAddress(),
      fc.ipV4Extended(),
      fc.ipV6(),
      fc.domain(),
      fc.constantFrom(
        'https://',
        '@',
        'DE89370400440532013000',
        '\\',
        'git@h.co:a/b',
        'select a from b',
        '/',
        '..',
        '~/',
        '+4912345678',
        '%41',
        '[',
        ']',
        'xn--',
        ':',
        '.',
        '#a',
        'sudo ',
        '$(',
        '"',
        "'",
      ),
    );
    const text = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));
    const role = fc.constantFrom('url', 'to', 'path', 'command', 'sql', 'code', 'iban', 'phone', 'agent', 'repo', 'value', '__proto__', '');
    fc.assert(
      fc.property(fc.string(), role, text, (tool, key, value) => {
        const found = normaliseDestinations(tool, { [key]: value, nested: [value, { value }] });
        expect(found.length).toBeLessThanOrEqual(32);
        for (const one of found) {
          expect(one.length).toBeLessThanOrEqual(512);
          expect(normaliseDestinations('tool', { value: one })).toContain(one);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it.each([null, undefined, 7, true, 'x', [], Symbol('x'), () => 1, 10n, new Date(0)])('takes %s for arguments without a fuss', (args) => {
    expect(() => normaliseDestinations('tool', args)).not.toThrow();
  });

  it.each([
    '@',
    'a@',
    'a@b',
    '://',
    'http://a',
    'a.b',
    '"',
    "'",
    '$(',
    '`',
    '((',
    'DE89 ',
    '1.',
    '+1 ',
    '/* ',
    'select a from ',
    '<<A\n',
    '%',
    '\ufdfa',
    'a.',
    '..',
    '\\',
    'x,',
    '#',
    ':',
  ])('takes time proportional to the text on %j repeated', (unit) => {
    const text = unit.repeat(Math.ceil(200_000 / unit.length));
    const started = process.cpuUsage();
    for (const role of ['url', 'to', 'command', 'sql', 'path']) of(role, text);
    destinationsInText(text);
    expect(process.cpuUsage(started).user).toBeLessThan(1_500_000);
  });
});
