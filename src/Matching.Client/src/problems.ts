import type { components } from './generated/schema.js';

/** A refusal as the service words it: a stable `code`, a sentence for people in `detail`, the `field`, and all `errors` of a malformed request. */
export type Problem = components['schemas']['Problem'];

/** The service said no. Asking again in the same way will bring the same no, unless `status` is 429 or 503. */
export class Refused extends Error {
  readonly name = 'Refused';

  constructor(readonly status: number, readonly problem: Problem, /** In how many seconds to come back, where the service says so. */ readonly retryAfter?: number) {
    super(`${problem.code}: ${problem.detail}`);
    Object.setPrototypeOf(this, Refused.prototype);
  }

  get code(): string {
    return this.problem.code;
  }
}

/** No answer came, as often as it was tried. Whether it was done is not known: ask again with the same `key` and it will not be done twice. */
export class NoAnswer extends Error {
  readonly name = 'NoAnswer';

  constructor(readonly operation: string, /** The key that was sent, where there was one. */ readonly key: string | undefined, readonly cause: unknown) {
    super(`${operation} was not answered${key ? `; its key is ${key}` : ''}.`);
    Object.setPrototypeOf(this, NoAnswer.prototype);
  }
}
