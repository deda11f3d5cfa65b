import type { components } from './generated/schema.js';

/** What a sign-in answers: both tokens, and the hats of the account. */
export type SignedIn = components['schemas']['SignInResponse'];

/** Where a sign-in is kept between two starts of the program. */
export interface TokenStore {
  read(): SignedIn | undefined | Promise<SignedIn | undefined>;
  write(tokens: SignedIn | undefined): void | Promise<void>;
}

/** Forgets when the program ends. */
export function inMemory(): TokenStore {
  let kept: SignedIn | undefined;
  return { read: () => kept, write: tokens => { kept = tokens; } };
}

/** As much of WeChat's storage, or of a browser's, as is used here. */
export interface KeyValue {
  get(key: string): string | null | undefined;
  set(key: string, value: string): void;
  remove(key: string): void;
}

/** Keeps the sign-in as text under a key: `wx.getStorageSync` and its sisters, or `localStorage`. */
export function inStorage(storage: KeyValue, key = 'matching.tokens'): TokenStore {
  return {
    read: () => {
      const text = storage.get(key);
      return text ? (JSON.parse(text) as SignedIn) : undefined;
    },
    write: tokens => (tokens ? storage.set(key, JSON.stringify(tokens)) : storage.remove(key)),
  };
}
