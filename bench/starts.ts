import { execFile } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Measurement } from './measurement';
import type { BenchWorld } from './world';

const run = promisify(execFile);

/** New processes that load a bundle and, if an event is given, invoke its handler once. */
export class Starts implements Measurement {
  readonly values: number[] = [];
  readonly cpuMs: number[] = [];
  /** The most memory that the process had, in bytes. */
  readonly peakBytes: number[] = [];

  constructor(
    readonly name: string,
    private readonly bundle: string,
    private readonly eventIn?: (world: BenchWorld) => object,
  ) {}

  /** @throws Error with what the process wrote to stderr. */
  async measure(world: BenchWorld): Promise<void> {
    const args = [path.join(__dirname, 'start.mjs'), pathToFileURL(this.bundle).href];
    if (this.eventIn !== undefined) args.push(JSON.stringify(this.eventIn(world)));
    const startedAtNs = process.hrtime.bigint();
    const { stdout } = await run(process.execPath, args, { env: world.env });
    const { endedAtNs, cpuMs, peakKib } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
    this.values.push(Number(BigInt(endedAtNs) - startedAtNs) / 1e6);
    this.cpuMs.push(Number(cpuMs));
    this.peakBytes.push(Number(peakKib) * 1_024);
  }
}
