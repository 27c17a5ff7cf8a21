// The city's files: what is refused, and in which words.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inRoot } from '#core/root';
import { loadCameras, loadCity } from './city.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ahual-city-'));
  cpSync(inRoot('config/city'), folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const replace = (name: string, from: string, to: string): void => {
  const path = join(folder, name);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
};

const camera = (change: string): string => `cameras:
  - id: '10482'
    name: { kk: А, ru: А, en: A }
    point: { lon: 71.4241, lat: 51.1772 }
    district: saryarqa
    rtsp: rtsp://10.0.0.5/main
    zones:
      - id: A
        kind: carriageway
        hazards: [snow, flooding]
        polygon: [[0.1, 0.9], [0.9, 0.9], [0.5, 0.4]]
${change}`;

const refused = (change: string): string => {
  const path = join(folder, 'cameras.yml');
  writeFileSync(path, camera(change));
  try {
    loadCameras(path, {});
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
  return 'accepted';
};

describe('the shipped city', () => {
  test('has six districts, agencies with a duty contact, and a rule for every hazard', () => {
    const city = loadCity('config/city');
    expect(city.districts.features.map((feature) => feature.id).sort()).toEqual([
      'almaty',
      'baiqonyr',
      'esil',
      'nura',
      'saraishyq',
      'saryarqa',
    ]);
    expect(new Set(city.routing.map((rule) => rule.hazard))).toEqual(
      new Set(['snow', 'flooding', 'open-manhole', 'dumping', 'upkeep']),
    );
    expect(city.agencies.every((agency) => agency.duty.length > 0)).toBe(true);
    expect(city.places.length).toBe(26);
  });
});

describe('refused rows', () => {
  test('a doubled id names both lines', () => {
    replace('agencies.csv', 'akimat-baiqonyr,', 'akimat-almaty,');
    expect(() => loadCity(folder)).toThrow(/agencies\.csv:3 id "akimat-almaty" stands already on line 2/);
  });

  test('a longitude of 190 names file, line and value', () => {
    replace('places.csv', '71.4257,A', '190,A');
    expect(() => loadCity(folder)).toThrow(/places\.csv:3 point\.lon .*Too big/);
  });

  test('a missing field names the line', () => {
    replace('holidays.csv', '2024-01-01,holiday,', '2024-01-01,feast,');
    expect(() => loadCity(folder)).toThrow(/holidays\.csv:2 kind is "feast"/);
  });
});

describe('the camera list', () => {
  test('takes addresses from the environment', () => {
    const path = join(folder, 'cameras.yml');
    writeFileSync(path, camera('').replace('10.0.0.5', '${NVR_1}'));
    expect(loadCameras(path, { NVR_1: '10.1.1.1:8554' })[0]?.rtsp).toBe('rtsp://10.1.1.1:8554/main');
    expect(() => loadCameras(path, {})).toThrow(/NVR_1/);
  });

  test('refuses a polygon of two points with its line', () => {
    expect(refused('      - { id: B, kind: stop, hazards: [snow], polygon: [[0, 0], [1, 1]] }\n')).toMatch(
      /cameras\.yml:12 cameras\[0\]\.zones\[1\]\.polygon is 2 entries; a polygon needs at least three points/,
    );
  });

  test('refuses a polygon without area, an unknown key, a doubled zone and a doubled camera', () => {
    expect(refused('      - { id: B, kind: stop, hazards: [snow], polygon: [[0, 0], [1, 1], [0.5, 0.5]] }\n')).toMatch(
      /:12 .*no area/,
    );
    expect(refused('    heigthM: 9\n')).toMatch(/:12 cameras\[0\]\.heigthM is no setting.*Did you mean heightM\?/);
    expect(refused('      - { id: A, kind: stop, hazards: [snow], polygon: [[0, 0], [1, 1], [1, 0]] }\n')).toMatch(
      /zone id stands twice/,
    );
    expect(refused(camera('').replace('cameras:\n', ''))).toMatch(/also that of entry 1/);
  });

  test('refuses addresses that are no camera', () => {
    const path = join(folder, 'cameras.yml');
    for (const address of ['file:///etc/passwd', 'pipe:0', 'http://10.0.0.5/x']) {
      writeFileSync(path, camera('').replace('rtsp://10.0.0.5/main', address));
      expect(() => loadCameras(path, {}), address).toThrow(/:6 cameras\[0\]\.rtsp/);
    }
  });
});
