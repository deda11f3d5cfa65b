import type { operations as Described } from './generated/schema.js';
import { operations } from './generated/operations.js';

/** The operations by name: `submitWish`, `acceptOffer`, … */
export type OperationName = keyof typeof operations;

type Of<N extends OperationName> = Described[(typeof operations)[N]['id']];

type Part<T, P extends string> = T extends { parameters: { [K in P]: infer V } } ? (V extends object ? V : unknown) : T extends { parameters: { [K in P]?: infer V } } ? (V extends object ? Partial<V> : unknown) : unknown;

type Json<T> = T extends { content: { 'application/json': infer B } } ? B : never;

type Body<T> = T extends { requestBody: infer B } ? ([Json<B>] extends [never] ? { file: string } : Json<B>)
  : T extends { requestBody?: infer B } ? ([Json<NonNullable<B>>] extends [never] ? unknown : Partial<Json<NonNullable<B>>>) : unknown;

/** What an operation takes: what stands in its address, its query and its body, in one object. */
export type Input<N extends OperationName> = Part<Of<N>, 'path'> & Part<Of<N>, 'query'> & Body<Of<N>>;

type Responses<T> = T extends { responses: infer R } ? R : never;

/** What an operation answers when it says yes. */
export type Answer<N extends OperationName> = { [S in keyof Responses<Of<N>>]: S extends 200 | 201 ? Json<Responses<Of<N>>[S]> : never }[keyof Responses<Of<N>>];

/** How one call differs from the others. */
export interface CallOptions {
  /** The key under which this is done once. Left out: one is made. Give one that you have stored, to ask again after your program was closed. */
  key?: string;
  /** The language of this answer. */
  language?: string;
  /** How long to wait for one answer, in milliseconds. */
  timeout?: number;
}

/** For what staff edit: the `version` that was read. */
export interface EditOptions extends CallOptions {
  ifMatch: number;
}

type Options<N extends OperationName> = (typeof operations)[N] extends { ifMatch: true } ? [options: EditOptions] : [options?: CallOptions];

/** One operation as a function. Where nothing must be said, nothing needs to be handed in. */
export type Call<N extends OperationName> = {} extends Input<N>
  ? (typeof operations)[N] extends { ifMatch: true } ? (input: Input<N>, options: EditOptions) => Promise<Answer<N>> : (input?: Input<N>, options?: CallOptions) => Promise<Answer<N>>
  : (input: Input<N>, ...options: Options<N>) => Promise<Answer<N>>;

/** Every operation of the API as a function of its name. */
export type Calls = { readonly [N in OperationName]: Call<N> };

/** What the client knows of an operation while it runs. */
export interface Facts {
  readonly method: string;
  readonly path: string;
  readonly query: readonly string[];
  readonly file?: string;
  readonly key?: true;
  readonly ifMatch?: true;
}

export function factsOf(name: OperationName): Facts {
  return operations[name];
}

/** Takes an input apart: what stands in the address, and what is left for the body. */
export function addressAndRest(facts: Facts, input: Record<string, unknown>): { address: string; rest: Record<string, unknown> | undefined } {
  const rest = { ...input };
  const take = (name: string) => {
    const value = rest[name];
    delete rest[name];
    return value;
  };
  const path = facts.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = take(name);
    if (value === undefined || value === null || value === '') {
      throw new TypeError(`${name} is missing: ${facts.method} ${facts.path} needs it.`);
    }

    return encodeURIComponent(String(value));
  });
  const query = facts.query
    .map(name => [name, take(name)] as const)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${encodeURIComponent(name)}=${(Array.isArray(value) ? value : [value]).map(one => encodeURIComponent(String(one))).join(',')}`);
  return { address: query.length > 0 ? `${path}?${query.join('&')}` : path, rest: Object.keys(rest).length > 0 ? rest : undefined };
}
