// schemas.mjs json-schema|openapi-3.0 OPENAPI_JSON: prints the schemas of a page and of a bulk
// body, with all that they refer to, in the form that a generator reads:
//   json-schema   as JSON Schema, under "definitions"
//   openapi-3.0   as an OpenAPI 3.0 document without paths, for a generator that knows no 3.1
import {readFileSync} from 'node:fs';

const [form, path] = process.argv.slice(2);
const {info, components} = JSON.parse(readFileSync(path, 'utf8'));
const prefix = '#/components/schemas/';

const wanted = {};
function take(name) {
  if (name in wanted) {
    return;
  }
  wanted[name] = components.schemas[name];
  JSON.stringify(wanted[name], (key, value) => {
    if (key === '$ref') {
      take(value.slice(prefix.length));
    }
    return value;
  });
}
take('ListResponse_CandidateResponse_');
take('BulkCandidateIngestRequest');

function toOpenApi30(schema) {
  if (Array.isArray(schema)) {
    return schema.map(toOpenApi30);
  }
  if (schema === null || typeof schema !== 'object') {
    return schema;
  }
  const {anyOf, const: _, ...rest} = schema;
  if (anyOf) {
    const types = anyOf.filter(({type}) => type !== 'null');
    if (types.length !== 1 || types.length === anyOf.length) {
      throw new Error(`No form for ${JSON.stringify(schema)}`);
    }
    // 3.0 has nothing beside a $ref. The generated code takes null for any property anyway.
    return toOpenApi30(types[0].$ref ? types[0] : {...rest, ...types[0], nullable: true});
  }
  if (rest.additionalProperties === true) {
    // It would become a map of objects, which loses all values that are not objects.
    delete rest.additionalProperties;
  }
  return Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, toOpenApi30(value)]));
}

const forms = {
  'json-schema': () => ({
    $schema: 'http://json-schema.org/draft-07/schema#',
    definitions: JSON.parse(JSON.stringify(wanted).replaceAll(prefix, '#/definitions/')),
  }),
  'openapi-3.0': () => ({
    openapi: '3.0.3',
    info,
    paths: {},
    components: {schemas: toOpenApi30(wanted)},
  }),
};
console.log(JSON.stringify(forms[form](), null, 2));
