import { addressAndRest, factsOf, type Answer, type CallOptions, type Calls, type Facts, type Input, type OperationName } from './calls.js';
import { operations } from './generated/operations.js';
import { NoAnswer, Refused, type Problem } from './problems.js';
import { inMemory, type SignedIn, type TokenStore } from './tokens.js';
import type { Heard, Transport } from './transport.js';

/** How a client is set up. */
export interface ClientOptions {
  /** Where the service is, without `/api/v1`: `https://matching.example.cn`. */
  baseUrl: string;
  transport: Transport;
  /** Left out: the sign-in is forgotten when the program ends. */
  tokens?: TokenStore;
  /** A partner's key, in place of a sign-in. */
  apiKey?: string;
  /** `zh-CN` when left out. */
  language?: string;
  /** How long to wait for one answer, in milliseconds: 15,000. */
  timeout?: number;
  /** How often something is sent at most before it is given up: 5. */
  attempts?: number;
  /** Makes the keys under which things are done once. */
  newKey?: () => string;
  /** Waits before it is tried again. */
  wait?: (milliseconds: number) => Promise<void>;
  /** Between 0 and 1; spreads those who try again. */
  random?: () => number;
}

/** The sign-in of a client. */
export interface Session {
  /** Signs in, and keeps what is answered. */
  signIn(input: Input<'signIn'>): Promise<SignedIn>;
  /** Puts on another hat of the account. */
  wear(hatId: string): Promise<SignedIn>;
  /** Ends the sign-in here and at the service. */
  signOut(): Promise<void>;
  /** Who is signed in; undefined: nobody. */
  current(): Promise<SignedIn | undefined>;
}

/** Every operation of the API, the sign-in, and `all`, which walks a list to its end. */
export interface MatchingClient extends Calls {
  readonly session: Session;
  /** Everything in a list, page after page, as long as it is asked for. */
  all<N extends ListName>(name: N, input?: Omit<Input<N>, 'cursor'>): AsyncGenerator<ItemOf<N>, void, undefined>;
}

/** The operations that answer pages. */
export type ListName = { [N in OperationName]: Answer<N> extends { items: unknown[]; next?: unknown } ? N : never }[OperationName];

/** What a list consists of. */
export type ItemOf<N extends OperationName> = Answer<N> extends { items: (infer I)[] } ? I : never;

const refreshAhead = 30_000;

/** A client of the service at `baseUrl`. It repeats what was not answered, under one key, and renews its sign-in by itself. */
export function createClient(options: ClientOptions): MatchingClient {
  const base = options.baseUrl.replace(/\/+$/, '');
  const tokens = options.tokens ?? inMemory();
  const newKey = options.newKey ?? unlikelyTwice;
  const wait = options.wait ?? (milliseconds => new Promise<void>(resolve => setTimeout(resolve, milliseconds)));
  const random = options.random ?? Math.random;
  const attempts = options.attempts ?? 5;
  let renewing: Promise<SignedIn | undefined> | undefined;

  async function call(name: OperationName, input: Record<string, unknown> = {}, how: CallOptions & { ifMatch?: number } = {}): Promise<unknown> {
    const facts = factsOf(name);
    const { file, ...fields } = input;
    const { address, rest } = addressAndRest(facts, facts.file ? fields : input);
    const key = facts.key ? how.key ?? newKey() : undefined;
    const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': how.language ?? options.language ?? 'zh-CN' };
    if (key) {
      headers['Idempotency-Key'] = key;
    }

    if (how.ifMatch !== undefined) {
      headers['If-Match'] = `"v${how.ifMatch}"`;
    }

    const body = facts.file ? String(file) : rest === undefined ? undefined : JSON.stringify(rest);
    if (body !== undefined) {
      headers['Content-Type'] = facts.file ?? 'application/json';
    }

    const send = async (authorization: string | undefined) => options.transport({
      method: facts.method,
      url: base + address,
      headers: authorization ? { ...headers, Authorization: authorization } : headers,
      timeout: how.timeout ?? options.timeout ?? 15_000,
      ...(body === undefined ? {} : { body }),
    });

    // The sign-in itself must not wait for a sign-in.
    const signs = name === 'signIn' || name === 'askForCode' || name === 'signOut';
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const used = signs ? undefined : await bearer();
      let heard: Heard;
      try {
        heard = await send(used);
      } catch (problem) {
        if (attempt >= attempts || !mayRepeat(name, facts)) {
          throw new NoAnswer(name, key, problem);
        }

        await wait(pause(attempt));
        continue;
      }

      if (heard.status >= 200 && heard.status < 300) {
        return heard.body === '' ? undefined : JSON.parse(heard.body);
      }

      const refused = refusalOf(heard);
      if (heard.status === 401 && !signs && !options.apiKey && !renewed && (await renew(used))) {
        renewed = true;
        continue;
      }

      const later = heard.status === 429 || heard.status === 503 || ((heard.status === 500 || heard.status === 502 || heard.status === 504) && mayRepeat(name, facts));
      if (!later || attempt >= attempts) {
        throw refused;
      }

      await wait(refused.retryAfter === undefined ? pause(attempt) : refused.retryAfter * 1000 + random() * 250);
    }
  }

  // 0.25, 0.5, 1, 2 … seconds, half of it by chance, so that those who were cut off together do not come back together.
  function pause(attempt: number): number {
    const most = Math.min(250 * 2 ** (attempt - 1), 8_000);
    return most / 2 + (random() * most) / 2;
  }

  async function bearer(): Promise<string | undefined> {
    if (options.apiKey) {
      return `Bearer ${options.apiKey}`;
    }

    let kept = await tokens.read();
    if (kept && Date.parse(kept.expiresAt) - Date.now() < refreshAhead) {
      kept = (await renew(`Bearer ${kept.accessToken}`)) ?? kept;
    }

    return kept ? `Bearer ${kept.accessToken}` : undefined;
  }

  /** One renewal at a time, whoever asks for it; undefined: the sign-in is over, or there was none. */
  function renew(used: string | undefined): Promise<SignedIn | undefined> {
    renewing ??= renewOnce(used).finally(() => { renewing = undefined; });
    return renewing;
  }

  async function renewOnce(used: string | undefined): Promise<SignedIn | undefined> {
    const kept = await tokens.read();
    if (!kept) {
      return undefined;
    }

    // Somebody was faster, and what was refused is not what is kept.
    if (used !== undefined && used !== `Bearer ${kept.accessToken}`) {
      return kept;
    }

    try {
      return await keep(await call('signIn', { grant: 'refresh', refreshToken: kept.refreshToken }) as SignedIn);
    } catch (problem) {
      if (problem instanceof Refused && problem.status === 401) {
        await tokens.write(undefined);
      }

      // Not to be renewed now is not the answer to what was asked; the old token speaks for itself.
      return undefined;
    }
  }

  async function keep(signedIn: SignedIn): Promise<SignedIn> {
    await tokens.write(signedIn);
    return signedIn;
  }

  const session: Session = {
    signIn: async input => keep(await call('signIn', input as Record<string, unknown>) as SignedIn),
    wear: async hatId => {
      const kept = await tokens.read();
      if (!kept) {
        throw new Error('Nobody is signed in.');
      }

      return keep(await call('signIn', { grant: 'refresh', refreshToken: kept.refreshToken, hatId }) as SignedIn);
    },
    signOut: async () => {
      const kept = await tokens.read();
      await tokens.write(undefined);
      if (kept) {
        await call('signOut', { refreshToken: kept.refreshToken });
      }
    },
    current: async () => tokens.read(),
  };

  async function* all(name: OperationName, input: Record<string, unknown> = {}): AsyncGenerator<unknown, void, undefined> {
    let cursor: string | null | undefined;
    do {
      const page = (await call(name, cursor ? { ...input, cursor } : input)) as { items: unknown[]; next?: string | null };
      yield* page.items;
      cursor = page.next;
    } while (cursor);
  }

  const calls = Object.fromEntries((Object.keys(operations) as OperationName[]).map(name => [
    name, (input?: Record<string, unknown>, how?: CallOptions) => call(name, input, how)]));
  return { ...calls, session, all } as unknown as MatchingClient;
}

// A POST without a key may have been done: only a person can know whether to do it again. A refresh may be repeated, for the service gives the same answer for some seconds.
function mayRepeat(name: OperationName, facts: Facts): boolean {
  return facts.method !== 'POST' || facts.key === true || name === 'signIn' || name === 'signOut';
}

function refusalOf(heard: Heard): Refused {
  const seconds = Number(heard.headers['retry-after']);
  const retryAfter = heard.headers['retry-after'] !== undefined && Number.isFinite(seconds) ? seconds : undefined;
  let problem: Problem | undefined;
  try {
    problem = JSON.parse(heard.body) as Problem;
  } catch {
    // Not from the service: a gateway on the way.
  }

  return new Refused(heard.status, problem?.code ? problem : { type: 'about:blank', title: `HTTP ${heard.status}`, status: heard.status, detail: `HTTP ${heard.status}`, code: 'unreadable_answer', traceId: '' }, retryAfter);
}

// Not a secret, and mini-programs have no crypto: it must only be unlikely to come twice.
function unlikelyTwice(): string {
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(Math.random() * 16).toString(16)).join('');
  return `${Date.now().toString(16).padStart(12, '0')}-${hex(8)}-${hex(12)}`;
}
