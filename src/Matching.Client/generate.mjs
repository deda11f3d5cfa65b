// Writes src/generated from api-docs/openapi.json: the types of every payload, and what the client must know of each operation while it runs.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const source = new URL('../../api-docs/openapi.json', import.meta.url);
const target = new URL('./src/generated/', import.meta.url);
const api = JSON.parse(await readFile(source, 'utf8'));

const verbs = ['get', 'post', 'put', 'patch', 'delete'];
const operations = Object.entries(api.paths).flatMap(([path, item]) =>
  verbs.filter(verb => item[verb]).map(verb => describe(path, verb, item[verb])));

function describe(path, verb, operation) {
  const parameters = operation.parameters ?? [];
  const named = where => parameters.filter(parameter => parameter.in === where).map(parameter => parameter.name);
  const content = Object.keys(operation.requestBody?.content ?? {});
  const body = content.find(type => type !== 'application/json') ?? content[0];
  refuseAmbiguity(operation, [...named('path'), ...named('query')], content.includes('application/json') && operation.requestBody.content['application/json'].schema);
  return {
    name: operation.operationId[0].toLowerCase() + operation.operationId.slice(1),
    operationId: operation.operationId,
    facts: {
      method: verb.toUpperCase(),
      path,
      query: named('query'),
      ...(body && body !== 'application/json' ? { file: body } : {}),
      ...(named('header').includes('Idempotency-Key') ? { key: true } : {}),
      ...(named('header').includes('If-Match') ? { ifMatch: true } : {}),
    },
  };
}

// Path, query and body are one object for the caller; a name may therefore mean one thing only.
function refuseAmbiguity(operation, taken, schema) {
  let body = schema;
  while (body?.$ref) {
    body = api.components.schemas[body.$ref.split('/').at(-1)];
  }

  const twice = Object.keys(body?.properties ?? {}).filter(name => taken.includes(name));
  if (twice.length > 0) {
    throw new Error(`${operation.operationId}: ${twice.join(', ')} stands both in the address and in the body.`);
  }
}

await mkdir(target, { recursive: true });
await writeFile(new URL('schema.ts', target), `// Generated from api-docs/openapi.json.\n${astToString(await openapiTS(api))}`);
await writeFile(
  new URL('operations.ts', target),
  [
    '// Generated from api-docs/openapi.json.',
    `export const version = ${JSON.stringify(api.info.version)};`,
    'export const operations = {',
    ...operations.map(operation => `  ${operation.name}: ${JSON.stringify({ id: operation.operationId, ...operation.facts })},`),
    '} as const;',
    '',
  ].join('\n'));
console.log(`${operations.length} operations`);
