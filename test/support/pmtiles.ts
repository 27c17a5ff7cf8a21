// The smallest PMTiles file (version 3): one picture for the whole world. Written by the specification, https://github.com/protomaps/PMTiles.

const headerBytes = 127;

/** An archive with one PNG as the only tile, level 0. */
export function pictureArchive(png: Uint8Array): Uint8Array {
  // Directory: one entry; tile id 0, run of 1, length as a varint, offset 0 written as 1.
  const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
  const directory = Uint8Array.from([1, 0, 1, ...varint(png.length), 1]);
  const metadata = new TextEncoder().encode('{}');
  const header = new DataView(new ArrayBuffer(headerBytes));
  new TextEncoder().encodeInto('PMTiles', new Uint8Array(header.buffer));
  header.setUint8(7, 3);
  const metadataAt = headerBytes + directory.length;
  const tilesAt = metadataAt + metadata.length;
  const numbers = [
    headerBytes,
    directory.length,
    metadataAt,
    metadata.length,
    tilesAt,
    0,
    tilesAt,
    png.length,
    1,
    1,
    1,
  ];
  numbers.forEach((value, i) => header.setBigUint64(8 + 8 * i, BigInt(value), true));
  header.setUint8(96, 1);
  // No compression inside, none of tiles, PNG, zooms 0 to 0.
  header.setUint8(97, 1);
  header.setUint8(98, 1);
  header.setUint8(99, 2);
  const world = [-180, -85, 180, 85];
  world.forEach((degrees, i) => header.setInt32(102 + 4 * i, degrees * 1e7, true));
  return Buffer.concat([new Uint8Array(header.buffer), directory, metadata, png]);
}
