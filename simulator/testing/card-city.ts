// A small city for tests that plays the shipped test card: each phase has its own colour.
import { fileURLToPath } from 'node:url';
import { startCity, type City, type CityOptions } from '../city.ts';
import type { ScenarioInput } from '../scenario.ts';

export const cardFolder = fileURLToPath(new URL('../testcard', import.meta.url));

/** Colours of the test card's phases, red, green, blue. */
export const cardColours: Readonly<Record<string, readonly [number, number, number]>> = {
  before: [0x20, 0x40, 0xc0],
  begin: [0xc0, 0xa0, 0x20],
  during: [0xc0, 0x20, 0x20],
  end: [0xa0, 0x20, 0xc0],
  after: [0x20, 0xa0, 0x40],
};

/** The phase whose colour is nearest to the mean of RGB pixels. */
export function phaseOfPixels(pixels: Buffer): string {
  const sums = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) sums[i % 3] = (sums[i % 3] ?? 0) + (pixels[i] ?? 0);
  const mean = sums.map((sum) => sum / (pixels.length / 3));
  const far = (colour: readonly number[]): number => colour.reduce((sum, c, i) => sum + (c - (mean[i] ?? 0)) ** 2, 0);
  return Object.entries(cardColours).sort((a, b) => far(a[1]) - far(b[1]))[0]?.[0] ?? '';
}

/** Starts a city of the given cameras, all playing the test card unless they say otherwise. */
export async function cardCity(
  cameras: readonly (Partial<ScenarioInput['cameras'][number]> & { id: string })[],
  options: CityOptions = {},
  more: Partial<ScenarioInput> = {},
): Promise<City> {
  const title = { kk: 'Сынақ', ru: 'Проверка', en: 'Check' };
  const scenario: ScenarioInput = {
    name: 'check',
    title,
    cameras: cameras.map((c) => ({ clip: 'testcard', ...c })),
    ...more,
  };
  return startCity({ scenario, clipFolders: [cardFolder], ...options });
}

/** Address of one camera's stream; throws for an unknown one. */
export function cameraOf(city: City, id: string): City['cameras'][number] {
  const camera = city.cameras.find((c) => c.id === id);
  if (!camera) throw new Error(`no camera ${id}`);
  return camera;
}

/** The port in an address. */
export const portOf = (url: string): number => Number(new URL(url).port);
