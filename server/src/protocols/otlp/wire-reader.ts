import { failure, type SlipwayError } from '../../kernel/error.ts';

/** One field of a protobuf message as it stands on the wire (https://protobuf.dev/programming-guides/encoding/). */
export interface WireField {
  readonly number: number;
  /** Bytes of a text, a message or bytes; a number of 64 bits otherwise. */
  readonly bytes: Uint8Array;
  readonly value: bigint;
}

export const noProtobuf = (): SlipwayError => failure('malformed_request', { reason: 'the body is no OTLP message' });
const none = new Uint8Array(0);

/** The fields of a message, in their order. Refuses what ends early. */
export function* fieldsOf(bytes: Uint8Array): Generator<WireField> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw noProtobuf();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw noProtobuf();
  };
  const fixed = (size: number): bigint => {
    if (at + size > bytes.byteLength) throw noProtobuf();
    const value = size === 8 ? view.getBigUint64(at, true) : BigInt(view.getUint32(at, true));
    at += size;
    return value;
  };
  while (at < bytes.byteLength) {
    const tag = Number(varint());
    const number = tag >>> 3;
    if (number === 0) throw noProtobuf();
    switch (tag & 7) {
      case 0:
        yield { number, bytes: none, value: varint() };
        break;
      case 1:
        yield { number, bytes: none, value: fixed(8) };
        break;
      case 5:
        yield { number, bytes: none, value: fixed(4) };
        break;
      case 2: {
        const length = Number(varint());
        if (length > bytes.byteLength - at) throw noProtobuf();
        yield { number, bytes: bytes.subarray(at, at + length), value: 0n };
        at += length;
        break;
      }
      default:
        throw noProtobuf();
    }
  }
}
