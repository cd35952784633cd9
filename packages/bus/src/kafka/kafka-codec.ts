import { createRequire } from 'node:module';
import { kafkajs } from './kafkajs.ts';

const require = createRequire(import.meta.url);

interface Lz4 {
  compressFrame(data: Uint8Array): Promise<Buffer>;
  decompressFrame(data: Uint8Array): Promise<Buffer>;
}

/**
 * Teaches kafkajs the LZ4 frame format that Kafka uses (it ships gzip only). For the whole process, like kafkajs' own table of codecs; needed for reading
 * too, whatever this process writes.
 */
export function registerLz4(): void {
  const lz4 = require('lz4-napi') as Lz4;
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.LZ4] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => lz4.compressFrame(buffer),
    decompress: (buffer: Buffer) => lz4.decompressFrame(buffer),
  });
}
