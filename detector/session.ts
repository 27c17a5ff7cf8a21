// Networks in memory: one onnxruntime session per model card, checked against the card when opened and after every run.
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AhualError, messageOf } from '#core/errors';
import { readModel, type ModelCard } from '#models';
import type { Frame } from './pixels.ts';

/** What a run gave: the numbers of each output by its name. */
export type Outputs = ReadonlyMap<string, Float32Array>;

export interface Network<Card extends ModelCard = ModelCard> extends AsyncDisposable {
  readonly card: Card;
  /** Runs one frame of exactly the card's input size. Throws MODEL_REFUSED on shapes or numbers that cannot be used. */
  run(frame: Frame): Promise<Outputs>;
}

/** Opens a graph on one thread. Throws what `refused` makes of a graph that does not open or lacks the input or an output. */
export async function openSession(
  bytes: Uint8Array,
  input: string,
  outputs: readonly string[],
  refused: (what: string) => AhualError,
): Promise<InferenceSession> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      // One thread on purpose: two halve the throughput of a busy machine and double the CPU of a run.
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    });
  } catch (thrown) {
    throw refused(`the runtime does not open it: ${messageOf(thrown)}`);
  }
  const missing = outputs.find((name) => !session.outputNames.includes(name));
  if (missing !== undefined) throw refused(`it has no output "${missing}"`);
  if (!session.inputNames.includes(input)) throw refused(`it has no input "${input}"`);
  return session;
}

/**
 * Opens a model of the catalogue for running on one thread. `accepts` narrows the card to the decoder that is expected.
 * Throws MODEL_CHANGED (folder does not match its card) or MODEL_REFUSED (graph is not the one of the card).
 */
export async function openNetwork<Card extends ModelCard>(
  root: string,
  name: string,
  accepts: (card: ModelCard) => card is Card,
): Promise<Network<Card>> {
  const { card, bytes } = await readModel(root, name);
  if (!accepts(card))
    throw refused(name, `its card names the decoder "${card.decoder}", which is not the one needed here`);
  const unfit = unfitOf(card);
  if (unfit !== undefined) throw refused(name, unfit);
  const wantedNames = card.outputs.map((output) => output.name);
  const session = await openSession(bytes, card.input.name, wantedNames, (what) => refused(name, what));

  return {
    card,
    async run(frame) {
      const { widthPx, heightPx } = card.input;
      if (frame.widthPx !== widthPx || frame.heightPx !== heightPx) {
        throw refused(name, `it wants ${widthPx} x ${heightPx} px and was given ${frame.widthPx} x ${frame.heightPx}`);
      }
      const input = new Tensor('uint8', frame.rgb, [1, heightPx, widthPx, 3]);
      let answer: InferenceSession.OnnxValueMapType;
      try {
        answer = await session.run({ [card.input.name]: input }, wantedNames);
      } catch (thrown) {
        throw refused(name, `it does not run: ${messageOf(thrown)}`);
      }
      const outputs = new Map<string, Float32Array>();
      for (const wanted of card.outputs) {
        const tensor = answer[wanted.name];
        outputs.set(wanted.name, checkOutput(name, wanted, tensor?.dims, tensor?.data));
      }
      return outputs;
    },
    async [Symbol.asyncDispose]() {
      await session.release();
    },
  };
}

/** Refuses what is not a float output of the promised shape with finite numbers only. Returns the numbers. */
export function checkOutput(
  model: string,
  wanted: { readonly name: string; readonly shape: readonly number[] },
  dims: readonly number[] | undefined,
  data: unknown,
): Float32Array {
  if (!(data instanceof Float32Array))
    throw refused(model, `its output "${wanted.name}" is missing or holds no floats`);
  if (dims?.join() !== wanted.shape.join() || data.length !== wanted.shape.reduce((a, b) => a * b, 1)) {
    throw refused(
      model,
      `its output "${wanted.name}" has the shape ${dims?.join('x') ?? 'of nothing'}, its card says ${wanted.shape.join('x')}`,
    );
  }
  let sum = 0;
  for (let from = 0; from < data.length; from += stretchLength) sum += nothingOf(data, from);
  // NaN and both infinities leave NaN behind.
  if (sum !== 0) throw refused(model, `its output "${wanted.name}" holds something that is no number`);
  return data;
}

/** Distances to a box's four sides, as shares of eight steps each, behind its classes (see `decodeDistances`). */
const boxBins = 32;

/** Along which axis of an output how many numbers belong to the card's classes. */
function numbersOf(card: ModelCard): Readonly<Record<string, readonly [axis: number, length: number]>> {
  switch (card.decoder) {
    case 'road':
      return {
        boxes: [2, card.classes.boxes.length + boxBins],
        heat: [1, card.classes.objects.length],
        size: [1, 2],
        offset: [1, 2],
        surface: [1, card.classes.surface.length],
        levels: [1, card.classes.levels.length],
      };
    case 'spot':
      return { spot: [1, card.classes.length] };
    case 'close':
      return { cover: [1, card.classes.cover.length], litter: [1, card.classes.litter.length] };
  }
}

/** Why a card's outputs cannot hold an answer for each of its classes: a network of other classes. Undefined when they can. */
function unfitOf(card: ModelCard): string | undefined {
  for (const [name, [axis, length]] of Object.entries(numbersOf(card))) {
    const shape = card.outputs.find((output) => output.name === name)?.shape;
    if (shape === undefined) return `its card promises no output "${name}"`;
    if (shape[axis] !== length)
      return `its output "${name}" has ${shape[axis] ?? 0} numbers where its card's classes need ${length}: it was trained for other classes`;
  }
  return undefined;
}

const stretchLength = 2048;

/** 0 for a stretch of finite numbers; short, so that it is called often enough to be compiled well. */
function nothingOf(data: Float32Array, from: number): number {
  const to = Math.min(data.length, from + stretchLength);
  let sum = 0;
  for (let i = from; i < to; i++) {
    const value = data[i] ?? 0;
    sum += value - value;
  }
  return sum;
}

const refused = (name: string, what: string): AhualError =>
  new AhualError('MODEL_REFUSED', `The model "${name}" is refused: ${what}.`, 'Restore the folder from the release.', {
    model: name,
  });
