// Networks for this room's tests: a few bytes of ONNX that answer with whatever a test wants to hear.

/** Protocol-buffer fields: varints and length-prefixed bytes are all that a small graph needs. */
const varint = (value: number): Buffer => {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
};
const number = (field: number, value: number): Buffer => Buffer.concat([varint(field * 8), varint(value)]);
const bytes = (field: number, value: Buffer | string): Buffer => {
  const body = Buffer.from(value);
  return Buffer.concat([varint(field * 8 + 2), varint(body.length), body]);
};
const message = (...fields: Buffer[]): Buffer => Buffer.concat(fields);

/** Numbers of types in onnx.proto. */
const types = { float: 1, uint8: 2, int64: 7 } as const;

const valueInfo = (name: string, type: number, shape: readonly number[]): Buffer =>
  message(
    bytes(1, name),
    bytes(2, bytes(1, message(number(1, type), bytes(2, message(...shape.map((dim) => bytes(1, number(1, dim)))))))),
  );
const node = (operator: string, inputs: readonly string[], output: string, ...attributes: Buffer[]): Buffer =>
  message(
    ...inputs.map((input) => bytes(1, input)),
    bytes(2, output),
    bytes(4, operator),
    ...attributes.map((one) => bytes(5, one)),
  );

export interface Answer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  /** Answers in whole numbers in place of floats. */
  readonly isWhole?: boolean;
}

/** A network that takes bytes [1, height, width, 3] under the name `input` and gives these answers, whatever it is shown. */
export function tinyNetwork(input: string, widthPx: number, heightPx: number, answers: readonly Answer[]): Buffer {
  const constants = answers.map(({ name, shape, values }) =>
    message(
      ...shape.map((dim) => number(1, dim)),
      number(2, types.float),
      bytes(8, `${name} value`),
      bytes(9, Buffer.from(Float32Array.from(values).buffer)),
    ),
  );
  const nodes = answers.map(({ name, isWhole = false }) =>
    isWhole
      ? node('Cast', [`${name} value`], name, message(bytes(1, 'to'), number(3, types.int64), number(20, 2)))
      : node('Identity', [`${name} value`], name),
  );
  const graph = message(
    ...nodes.map((one) => bytes(1, one)),
    bytes(2, 'tiny'),
    ...constants.map((one) => bytes(5, one)),
    bytes(11, valueInfo(input, types.uint8, [1, heightPx, widthPx, 3])),
    ...answers.map(({ name, shape, isWhole = false }) =>
      bytes(12, valueInfo(name, isWhole ? types.int64 : types.float, shape)),
    ),
  );
  return message(number(1, 8), bytes(7, graph), bytes(8, message(bytes(1, ''), number(2, 13))));
}
