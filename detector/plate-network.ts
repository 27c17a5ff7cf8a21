// The two networks that read number plates, in memory: one marks where text stands, one says which characters a line of it has.
import { Tensor, type InferenceSession } from 'onnxruntime-node';
import { AhualError } from '#core/errors';
import { readPlateModel, type PlateCard } from '#models';
import type { Frame } from './pixels.ts';
import { openSession } from './session.ts';

/** Chance that there is text, for each pixel of the frame that was given. */
export interface TextMap {
  readonly chance: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Chances of each class at each step from left to right; class 0 is nothing, class 1 the first key. */
export interface Steps {
  readonly chance: Float32Array;
  readonly steps: number;
  readonly classes: number;
}

export interface PlateNetworks extends AsyncDisposable {
  readonly card: PlateCard;
  readonly keys: readonly string[];
  /** A frame whose sides are multiples of the card's `sideMultiple`. Throws MODEL_REFUSED. */
  find(frame: Frame): Promise<TextMap>;
  /** One line of text, as high as the card says. Throws MODEL_REFUSED. */
  read(line: Frame): Promise<Steps>;
}

/** Opens both on one thread: about 0.3 s and 60 MB. Throws PART_MISSING, MODEL_CHANGED or MODEL_REFUSED. */
export async function openPlateNetworks(root: string, name?: string): Promise<PlateNetworks> {
  const { card, finder, reader, keys } = await readPlateModel(root, name);
  const finding = await open(card.name, finder, card.finder);
  const reading = await open(card.name, reader, card.reader);
  return {
    card,
    keys,
    async find(frame) {
      const { widthPx, heightPx } = frame;
      const answer = await finding.run({ [card.finder.input]: planes(frame, card.finder) }, [card.finder.output]);
      const chance = floats(card, answer[card.finder.output], [1, 1, heightPx, widthPx]);
      return { chance, widthPx, heightPx };
    },
    async read(line) {
      if (line.heightPx !== card.reader.heightPx) {
        throw refused(card.name, `it reads lines ${card.reader.heightPx} px high and was given ${line.heightPx} px`);
      }
      const answer = await reading.run({ [card.reader.input]: planes(line, card.reader) }, [card.reader.output]);
      const tensor = answer[card.reader.output];
      const steps = tensor?.dims[1] ?? 0;
      return {
        chance: floats(card, tensor, [1, steps, card.reader.classes]),
        steps,
        classes: card.reader.classes,
      };
    },
    async [Symbol.asyncDispose]() {
      await finding.release();
      await reading.release();
    },
  };
}

const open = (name: string, bytes: Uint8Array, graph: { input: string; output: string }): Promise<InferenceSession> =>
  openSession(bytes, graph.input, [graph.output], (what) => refused(name, what));

/** Blue, green and red in planes of their own, as both networks were trained. */
function planes(frame: Frame, { mean, deviation }: PlateCard['finder'] | PlateCard['reader']): Tensor {
  const { widthPx, heightPx, rgb } = frame;
  const area = widthPx * heightPx;
  const values = new Float32Array(3 * area);
  for (const channel of [0, 1, 2] as const) {
    const scale = 1 / (255 * deviation[channel]);
    const shift = mean[channel] / deviation[channel];
    const at = channel * area;
    for (let i = 0; i < area; i++) values[at + i] = (rgb[3 * i + 2 - channel] ?? 0) * scale - shift;
  }
  return new Tensor('float32', values, [1, 3, heightPx, widthPx]);
}

function floats(card: PlateCard, tensor: Tensor | undefined, shape: readonly number[]): Float32Array {
  const data = tensor?.data;
  if (!(data instanceof Float32Array) || tensor?.dims.join() !== shape.join()) {
    throw refused(
      card.name,
      `it answered in the shape ${tensor?.dims.join('x') ?? 'of nothing'}, not ${shape.join('x')}`,
    );
  }
  let sum = 0;
  for (const value of data) sum += value - value;
  // NaN and both infinities leave NaN behind.
  if (sum !== 0) throw refused(card.name, 'its answer holds something that is no number');
  return data;
}

const refused = (name: string, what: string): AhualError =>
  new AhualError('MODEL_REFUSED', `The model "${name}" is refused: ${what}.`, 'Install the packages anew.', {
    model: name,
  });
