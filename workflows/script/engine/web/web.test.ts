import { describe, expect, test } from 'vitest';
import { play } from '../../../../test/support/play-script.ts';

const resultOf = async (body: string, args?: unknown) => {
  const { ending, value } = await play(body, { args });
  expect(ending).toMatchObject({ status: 'completed' });
  return value;
};

const parts = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;
const partsOf = (url: URL) => parts.map((part) => url[part]);

const addresses: [string, string?][] = [
  ['https://Example.org/a'],
  ['HTTPS://user:pa ss@EXAMPLE.org:443/a/./b/../c?q=1&r=ä#h ash'],
  ['http://example.org:8080'],
  ['http://example.org:080/'],
  ['http:/example.org/x'],
  ['http:\\\\example.org\\x\\y'],
  ['https://[2001:DB8::0:1]:8443/'],
  ['https://[::ffff:1.2.3.4]/'],
  ['http://0x7f.1/'],
  ['http://192.168.257/'],
  ['http://a.b.c./%7Efoo/%zz'],
  ['file:///C|/x/../../y'],
  ['file://localhost/etc/passwd'],
  ['mailto:a@b.example?subject=x'],
  ['data:text/plain,hello world'],
  ['javascript:alert(1)#x'],
  ['git+ssh://git@github.com/a/b.git'],
  ['foo://h'],
  ['foo:/a/../b'],
  ['blob:https://example.org/1'],
  ['  https://example.org/\ttab  '],
  ["https://example.org/a'b?c'd#e'f"],
  ['https://example.org/{x}|^`"<>'],
  ['ws://example.org:80/chat?'],
  ['https://example.org/#'],
  ['../up?x=1', 'https://example.org/a/b/c?y#z'],
  ['?only', 'https://example.org/a/b?y#z'],
  ['#only', 'https://example.org/a/b?y#z'],
  ['', 'https://example.org/a/b?y#z'],
  ['//other.example/x', 'https://example.org/a'],
  ['/root', 'https://example.org:8443/a/b'],
  ['https:rel', 'https://example.org/a/b'],
  ['http:rel', 'https://example.org/a/b'],
  ['x/', 'file:///a/b'],
  ['#f', 'mailto:a@b.example'],
  ['./%2e%2e/..', 'https://example.org/a/b/c/d'],
];
const wrong: [string, string?][] = [
  ['not a url'],
  [''],
  ['/relative'],
  ['http://'],
  ['http://a b/'],
  ['http://a:99999/'],
  ['http://a:x/'],
  ['http://256.1.1.1/'],
  ['http://[::1'],
  ['http://[1:2]/'],
  ['http://%00/'],
  ['x', 'mailto:a@b.example'],
  ['https://user@/'],
];

describe('URL', () => {
  test('reads addresses as Node does', async () => {
    const body = `return args.addresses.map((given) => { const url = new URL(...given); return args.parts.map((part) => url[part]) })`;
    expect(await resultOf(body, { addresses, parts })).toEqual(addresses.map((given) => partsOf(new URL(...given))));
  });

  test('refuses what Node refuses', async () => {
    for (const given of wrong) expect(URL.canParse(...given), given.join(' ')).toBe(false);
    const body = `return args.map((given) => { try { return new URL(...given).href } catch (error) { return error.name } })`;
    expect(await resultOf(body, wrong)).toEqual(wrong.map(() => 'TypeError'));
  });

  test('says of a host beyond ASCII what to write', async () => {
    const body = 'try { return new URL("https://bücher.example/").href } catch (error) { return error.message }';
    expect(await resultOf(body)).toMatch(/bücher.example in its xn-- form/);
  });

  test('keeps searchParams and search the same, and its parts can be set', async () => {
    const use = (url: URL) => {
      url.searchParams.append('b', 'x y&z=ü');
      url.searchParams.set('a', '2');
      const first = url.href;
      url.search = '?c=%20+d';
      url.hash = 'x';
      url.pathname = '/p q/../r?s';
      url.port = '99';
      url.hostname = 'Other.example';
      return [first, url.href, url.searchParams.get('c'), JSON.stringify({ url }), `${url}`];
    };
    const body = `return (${use.toString()})(new URL('https://example.org/x?a=1&a=3'))`;
    expect(await resultOf(body)).toEqual(use(new URL('https://example.org/x?a=1&a=3')));
  });
});

test('URLSearchParams reads and writes as Node does', async () => {
  const use = () => {
    const params = new URLSearchParams('?b=2&a=1&a=%E4%F6&c&=d&e=f=g');
    params.delete('b');
    params.sort();
    const made = [new URLSearchParams({ x: '1', y: 'a b' }), new URLSearchParams([['k', 'v*~']])].map(String);
    return [String(params), params.getAll('a'), params.has('c'), params.get('zz'), params.size, [...params], made];
  };
  expect(await resultOf(`return (${use.toString()})()`)).toEqual(use());
});

test('TextEncoder and TextDecoder are UTF-8', async () => {
  const use = () => {
    const bytes = new TextEncoder().encode('aä€😀\ud800');
    const broken = new Uint8Array([0x61, 0xe2, 0x82, 0x62, 0xff, 0xf0, 0x9f, 0x98, 0xed, 0xa0, 0x80]);
    return [[...bytes], new TextDecoder().decode(bytes), new TextDecoder('utf8').decode(broken)];
  };
  expect(await resultOf(`return (${use.toString()})()`)).toEqual(use());
  expect(await resultOf('try { new TextDecoder("latin1") } catch (error) { return error.message }')).toMatch(
    /latin1 is not/,
  );
});

test('structuredClone copies what the language has, with its cycles, and refuses the rest', async () => {
  const body = `
    const given = { a: [1, , 3], date: new Date(5), map: new Map([['k', new Set([1])]]), re: /x/g, bytes: new Uint8Array([1, 2]) };
    given.self = given;
    const copy = structuredClone(given);
    const refusal = (value) => { try { structuredClone(value) } catch (error) { return error.name } };
    return [copy !== given, copy.self === copy, copy.date.getTime(), [...copy.map.get('k')], String(copy.re), [...copy.bytes],
      1 in copy.a, copy.a !== given.a, refusal({ f() {} }), refusal(Symbol('x'))]`;
  expect(await resultOf(body)).toEqual([
    true,
    true,
    5,
    [1],
    '/x/g',
    [1, 2],
    false,
    true,
    'DataCloneError',
    'DataCloneError',
  ]);
});

test('Array.fromAsync awaits iterables, promises and lists', async () => {
  const body = `
    async function* numbers() { yield 1; yield 2 }
    return [await Array.fromAsync(numbers(), async (n) => n * 2), await Array.fromAsync([Promise.resolve(1), 2]), await Array.fromAsync({ length: 1, 0: 'a' })]`;
  expect(await resultOf(body)).toEqual([[2, 4], [1, 2], ['a']]);
});
