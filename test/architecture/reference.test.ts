// Papers that cannot drift from the code: the settings reference, the error page, the compose file.
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { isMap, isScalar, parse, parseDocument, type Pair } from 'yaml';
import { z } from 'zod';
import { parseYaml, Settings } from '#config';
import { AhualError } from '#core/errors';
import { inRoot } from '#core/root';
import { demoCameras } from '../../cli/demo-cameras.ts';
import { hazardNames } from '#core/hazard-name';
import { hazardDrawing } from '../../cli/hazard-pages.ts';
import { errorPage } from '../../cli/error-page.ts';

const reference = readFileSync(inRoot('config/ahual.yml'), 'utf8');

test('the reference names every setting with its default', () => {
  expect(parseYaml('config/ahual.yml', reference, Settings)).toEqual(Settings.parse({}));
  const asWritten: unknown = parse(reference);
  expect(asWritten).toEqual(JSON.parse(JSON.stringify(Settings.parse({}))));
});

test('every key of the reference has a comment above it', () => {
  const bare: string[] = [];
  const visit = (pair: Pair, path: string): void => {
    const key = pair.key;
    const name = isScalar(key) ? String(key.value) : '';
    const line = reference.split('\n').findIndex((text, index) => index >= 0 && new RegExp(`^\\s*${name}:`).test(text));
    if (line > 0 && !/^\s*#/.test(reference.split('\n')[line - 1] ?? '')) bare.push(`${path}${name}`);
    if (isMap(pair.value)) for (const item of pair.value.items) visit(item, `${path}${name}.`);
  };
  const document = parseDocument(reference);
  if (isMap(document.contents)) for (const item of document.contents.items) visit(item, '');
  expect(bare).toEqual([]);
});

test('bad settings are refused with file, line, what was read and the cure', () => {
  const complaint = (text: string): string => {
    try {
      parseYaml('my.yml', text, Settings, ['lookEveryS', 'ingest']);
    } catch (thrown) {
      if (thrown instanceof AhualError) return thrown.message;
      throw thrown;
    }
    return '';
  };
  expect(complaint('ingest:\n  lookEvryS: 5\n')).toMatch(
    /^my\.yml:2 ingest\.lookEvryS is no setting.*Did you mean lookEveryS\?/,
  );
  expect(complaint('city:\n  name:\n    kk: А\n    ru: А\n    en: A\n  centre: [190, 51]\n')).toMatch(
    /^my\.yml:6 city\.centre\[0\] is 190;/,
  );
  expect(complaint('ingest:\n  lookEveryS: 5m\n')).toMatch(/^my\.yml:2 ingest\.lookEveryS is "5m";/);
  expect(complaint('ingest: [\n')).toMatch(/^my\.yml:\d+ is not YAML/);
});

test('docs/hazards/*.svg are the drawings of the code', () => {
  for (const name of hazardNames) {
    expect(readFileSync(inRoot(`docs/hazards/${name}.svg`), 'utf8')).toBe(hazardDrawing(name));
  }
});

test('docs/errors.md is the page of the code', () => {
  expect(readFileSync(inRoot('docs/errors.md'), 'utf8')).toBe(errorPage());
});

test('config/demo/cameras.yml is the list of the scenario', async () => {
  expect(readFileSync(inRoot('config/demo/cameras.yml'), 'utf8')).toBe(await demoCameras());
});

test('config/ahual.schema.json is the schema of the code', () => {
  const written: unknown = JSON.parse(readFileSync(inRoot('config/ahual.schema.json'), 'utf8'));
  expect(written).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any' }))),
  );
  const validate = new Ajv2020({ strict: false }).compile(z.record(z.string(), z.unknown()).parse(written));
  expect(validate(parse(reference)), JSON.stringify(validate.errors)).toBe(true);
});
