// Says whether api-docs/openapi.json is valid OpenAPI 3.1.
import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';

const api = JSON.parse(await readFile(new URL('../../api-docs/openapi.json', import.meta.url), 'utf8'));
const result = await new Validator().validate(api);
if (!result.valid) {
  console.error(JSON.stringify(result.errors, null, 2));
  process.exit(1);
}

console.log(`valid OpenAPI ${api.openapi}`);
