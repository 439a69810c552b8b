import { Redacted } from '../lambda/core/redacted';
import type { ConnectionMemory } from '../lambda/rotator/memory';
import { connection, escrowName } from './outside/outside';
import { windowMs } from './outside/provider';
import type { SimulatedVersion } from './outside/secretsManager';
import { remember } from './remembered/remember';
import { startMs } from './simulated';
import type { Simulation } from './simulation';

const coarseMs = 60_000;
const fineMs = 1_000;
/** Twice a window: what is older is not measured by the second any more. */
const youngMs = 2 * windowMs;
/** What is larger is a time. */
const smallestTimeMs = 1e12;

const parsed = remember<unknown>(JSON.parse);

/**
 * The whole state of a simulation in which nothing is under way, in words that do not distinguish two
 * histories by the names that tokens and versions got: from the same state the same follows. Ages are
 * rounded: to the minute, and to the second while a refresh token's window runs.
 */
export function stateKey(simulation: Simulation): string {
  return new KeyWriter(simulation).write();
}

class KeyWriter {
  readonly #simulation: Simulation;
  readonly #nowMs: number;
  /** Names in the order in which they were met. */
  readonly #names = new Map<string, string>();
  readonly #tokens: string[] = [];
  #fingerprints: Map<string, string> | undefined;
  #text = '';

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#nowMs = simulation.time.nowMs;
  }

  write(): string {
    const { outside, queue, environments, outages, checker } = this.#simulation;
    this.#add(`${Math.round((this.#nowMs - startMs) / fineMs)}`);
    for (const version of outside.secrets.versions()) this.#version(version);
    this.#value(outside.parameters.get(escrowName)?.value);
    for (const secret of outside.provider.acceptedSecrets) this.#add(secret);
    for (const { body, sentAtMs, receiveCount, visibleAtMs } of queue.messages) {
      this.#value(body);
      this.#add(`${this.#fine(sentAtMs)} ${receiveCount} ${this.#fine(visibleAtMs)}`);
    }
    const isAlone = environments.warm.length === 1;
    if (!isAlone) this.#add(`in turn ${environments.areInTurn}`);
    for (const { memory, skewMs, lastUsedAtMs, held } of environments.warm) {
      this.#add(`environment ${skewMs} ${isAlone ? '' : this.#fine(lastUsedAtMs)}`);
      this.#memory(memory.of(connection));
      for (const token of held) if (checker.chain.counts(token)) this.#value(token);
    }
    for (const { name, forMs } of outages.remaining(this.#nowMs)) {
      this.#add(`${name} ${Math.round(forMs / fineMs)}`);
    }
    for (const [{ refreshToken }, { takenUp, untilMs }] of this.#simulation.lateRequests.waiting) {
      this.#value(refreshToken);
      this.#add(untilMs === undefined ? takenUp : this.#fine(untilMs));
    }
    this.#add(`${checker.chain.isExpected} ${checker.chain.since} ${checker.verdicts.replacedBy}`);
    this.#value(checker.chain.putBackToken);
    // Names that are met here add to the list.
    for (let at = 0; at < this.#tokens.length; at++) this.#provider(this.#tokens[at] ?? '');
    return this.#text;
  }

  /** Of what is dead and old, and not what readers get, nothing but its labels can matter. */
  #version({ id, text, createdAtMs }: SimulatedVersion): void {
    const { secrets, stored, provider } = this.#simulation.outside;
    const stages = secrets.stagesOf(id);
    const isLive =
      stages.includes('AWSCURRENT') ||
      this.#nowMs - createdAtMs < youngMs ||
      stored.parse(text).refreshTokens.some((token) => provider.accepts(token, this.#nowMs));
    if (!isLive) {
      this.#add(stages.length === 0 ? 'dead' : `${this.#nameOf('v', id)} dead ${stages.join()}`);
      return;
    }
    const hasOwnLabel = stages.some((stage) => stage.startsWith('SFMC'));
    const age = hasOwnLabel ? this.#time(createdAtMs) : this.#age(createdAtMs);
    this.#add(`${this.#nameOf('v', id)} ${age} ${stages.join()}`);
    this.#value(text);
  }

  #memory({ inUse, delivery, usedFor, ...rest }: ConnectionMemory): void {
    const { queue, outside } = this.#simulation;
    // What was a message that is gone, none can be any more.
    const message = (sentAtMs: number) =>
      queue.messages.some((one) => one.sentAtMs === sentAtMs) ? this.#fine(sentAtMs) : 'gone';
    if (delivery) {
      const { sentAtMs, receiveCount, isFollowed } = delivery;
      this.#add(`${message(sentAtMs)} ${receiveCount} ${isFollowed}`);
    }
    this.#add(typeof usedFor === 'number' ? message(usedFor) : String(usedFor));
    for (const { versionId, stages, text, ...other } of inUse) {
      if (outside.secrets.get(versionId)?.text === text.reveal()) {
        this.#add(`${this.#nameOf('v', versionId)} ${stages.join()}`);
      } else this.#value({ versionId, stages, text, ...other });
    }
    this.#value(rest);
  }

  #add(text: string): void {
    this.#text += `${text};`;
  }

  #age(timeMs: number): string {
    return `${Math.floor((this.#nowMs - timeMs) / coarseMs)}m`;
  }

  #fine(timeMs: number): string {
    return `${Math.round((this.#nowMs - timeMs) / fineMs)}s`;
  }

  #time(timeMs: number): string {
    return Math.abs(this.#nowMs - timeMs) < youngMs ? this.#fine(timeMs) : this.#age(timeMs);
  }

  #nameOf(kind: string, text: string): string {
    const known = this.#names.get(text);
    if (known) return known;
    const name = `${kind}${this.#names.size}`;
    this.#names.set(text, name);
    if (kind === 'r') this.#tokens.push(text);
    return name;
  }

  /** What the provider knows of a refresh token, as far as it matters from now on. */
  #provider(text: string): void {
    const { provider } = this.#simulation.outside;
    const token = provider.find(text);
    if (token === undefined) return;
    const { firstUsedAtMs, isRevoked, successors, parent, chain } = token;
    const isOpen = firstUsedAtMs !== undefined && this.#nowMs < firstUsedAtMs + windowMs;
    const use =
      firstUsedAtMs === undefined ? 'unused' : isOpen ? this.#fine(firstUsedAtMs) : 'over';
    this.#add(`${this.#names.get(text)} ${chain} ${isRevoked ? 'revoked' : use}`);
    if (isOpen) {
      for (const { text: successor, isReceived } of successors) {
        if (isReceived) this.#add(this.#nameOf('r', successor));
      }
    }
    if (parent && provider.accepts(parent.text, this.#nowMs)) {
      this.#add(`of ${this.#nameOf('r', parent.text)}`);
    }
  }

  /** Any value of stores or memory. */
  #value(value: unknown): void {
    if (typeof value === 'string') this.#string(value);
    else if (typeof value === 'number') {
      this.#add(value > smallestTimeMs ? this.#time(value) : String(value));
    } else if (value instanceof Redacted) this.#string(value.reveal());
    else if (value instanceof Map) this.#list([...value].flat());
    else if (value instanceof Set || Array.isArray(value)) this.#list([...value]);
    else if (typeof value === 'object' && value !== null) this.#list(Object.entries(value).flat());
    else this.#add(String(value));
  }

  #list(values: readonly unknown[]): void {
    this.#text += '(';
    for (const value of values) this.#value(value);
    this.#text += ')';
  }

  #string(text: string): void {
    const { provider, secrets } = this.#simulation.outside;
    if (text.startsWith('{') || text.startsWith('[')) this.#value(parsed(text));
    else if (provider.find(text)) this.#add(this.#nameOf('r', text));
    else if (secrets.get(text)) this.#add(this.#nameOf('v', text));
    else if (/^\d{4}-\d\d-\d\dT/.test(text)) this.#add(this.#age(Date.parse(text)));
    else if (/^[0-9a-f]{8}$/.test(text)) this.#string(this.#tokenOf(text));
    else this.#accessTokenOr(text);
  }

  #accessTokenOr(text: string): void {
    const validUntilMs = this.#simulation.outside.provider.validUntilMs(text);
    if (validUntilMs !== undefined) this.#add(this.#age(validUntilMs));
    else if (!text.startsWith('legacy-')) this.#add(text);
  }

  /** The refresh token of a fingerprint. */
  #tokenOf(fingerprint: string): string {
    if (this.#fingerprints === undefined) {
      this.#fingerprints = new Map();
      for (const { text } of this.#simulation.outside.provider.refreshTokens()) {
        this.#fingerprints.set(new Redacted(text).fingerprint, text);
      }
    }
    return this.#fingerprints.get(fingerprint) ?? `unknown ${fingerprint}`;
  }
}
