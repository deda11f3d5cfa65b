/** One request as it goes out. */
export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  /** How long to wait for the answer, in milliseconds. */
  readonly timeout: number;
}

/** One answer as it came in: names of headers in small letters. */
export interface Heard {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** How requests leave this program. It rejects when no answer came, and only then: any status is an answer. */
export type Transport = (request: Sent) => Promise<Heard>;

/** Sends by `fetch`: browsers, Node and most mini-program frameworks. */
export function fetchTransport(fetcher: typeof fetch = fetch): Transport {
  return async request => {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), request.timeout);
    try {
      const answer = await fetcher(request.url, {
        method: request.method,
        headers: request.headers,
        signal: giveUp.signal,
        ...(request.body === undefined ? {} : { body: request.body }),
      });
      const headers: Record<string, string> = {};
      answer.headers.forEach((value, name) => {
        headers[name.toLowerCase()] = value;
      });
      // The answer has come when its last byte has: a connection cut in the middle is no answer.
      return { status: answer.status, headers, body: await answer.text() };
    } finally {
      clearTimeout(timer);
    }
  };
}

/** As much of WeChat's `wx` as is used here. */
export interface Wx {
  request(options: {
    url: string;
    method: string;
    header: Record<string, string>;
    data?: string;
    dataType: string;
    responseType: string;
    timeout: number;
    success(answer: { statusCode: number; header: Record<string, string>; data: unknown }): void;
    fail(problem: { errMsg: string }): void;
  }): unknown;
}

/** Sends by `wx.request`, in a WeChat mini-program. WeChat knows no PATCH: it goes as a POST that says so in `X-HTTP-Method-Override`. */
export function wxTransport(wx: Wx): Transport {
  return request => new Promise((resolve, reject) => {
    const isPatch = request.method === 'PATCH';
    wx.request({
      url: request.url,
      method: isPatch ? 'POST' : request.method,
      header: isPatch ? { ...request.headers, 'X-HTTP-Method-Override': 'PATCH' } : request.headers,
      // Anything but "json" leaves the body as the text it is.
      dataType: 'text',
      responseType: 'text',
      timeout: request.timeout,
      ...(request.body === undefined ? {} : { data: request.body }),
      success: answer => resolve({
        status: answer.statusCode,
        headers: Object.fromEntries(Object.entries(answer.header).map(([name, value]) => [name.toLowerCase(), String(value)])),
        body: typeof answer.data === 'string' ? answer.data : JSON.stringify(answer.data),
      }),
      fail: problem => reject(new Error(problem.errMsg)),
    });
  });
}
