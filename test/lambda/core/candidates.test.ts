import {
  candidateTokens,
  newerTokenSet,
  strandedPendingVersion,
} from '../../../lambda/core/candidates';
import { Redacted } from '../../../lambda/core/redacted';
import {
  factsOf,
  fingerprintsOf,
  issued,
  minuteMs,
  newer,
  older,
  parametersOf,
  pending,
  previous,
  seeded,
  unlabelled,
  versionOf,
} from './facts';
import './redactedEquality';

const newest = issued('newest', { ageMs: 5 * minuteMs });

describe('a token set that belongs in AWSCURRENT', () => {
  it('is found in the escrow', () => {
    const facts = factsOf({ parameters: parametersOf({ escrow: newer }) });

    expect(newerTokenSet(facts)).toBe(newer);
  });

  it('is found in this container, with or without the parameters', () => {
    expect(newerTokenSet(factsOf({ unpublished: newer }))).toBe(newer);
    expect(newerTokenSet(factsOf({ unpublished: newer, parameters: undefined }))).toBe(newer);
  });

  it.each([
    ['container', { unpublished: newest, parameters: parametersOf({ escrow: newer }) }],
    ['escrow', { unpublished: newer, parameters: parametersOf({ escrow: newest }) }],
  ])('is the newest of the parked ones: the one in the %s', (_, parked) => {
    expect(newerTokenSet(factsOf(parked))).toBe(newest);
  });

  it('is the newest in the other versions, whatever their labels', () => {
    const otherVersions = [
      versionOf(newer, pending),
      versionOf(older, previous),
      versionOf(newest, unlabelled),
    ];

    expect(newerTokenSet(factsOf({ otherVersions }))).toBe(newest);
  });

  it('is not an older one, nor one with the refresh token that AWSCURRENT has', () => {
    const same = issued('current', { ageMs: 5 * minuteMs });

    for (const tokenSet of [older, same]) {
      expect(newerTokenSet(factsOf({ unpublished: tokenSet }))).toBeUndefined();
    }
  });

  it('is not one whose refresh token is refused; the next newest is', () => {
    const facts = factsOf({
      unpublished: newest,
      parameters: parametersOf({ escrow: newer }),
      refusedTokens: fingerprintsOf('newest'),
    });

    expect(newerTokenSet(facts)).toBe(newer);
  });

  it('is not a refresh token alone, which no reader could use', () => {
    const otherVersions = [versionOf(seeded('first'), pending)];

    expect(newerTokenSet(factsOf({ otherVersions }))).toBeUndefined();
  });

  it('is nowhere where nothing is parked and no version was looked into', () => {
    expect(newerTokenSet(factsOf())).toBeUndefined();
    expect(newerTokenSet(factsOf())).toBeUndefined();
  });
});

describe('the refresh tokens to try', () => {
  const otherVersions = [
    versionOf(issued('in pending'), pending),
    versionOf(seeded('in previous'), previous),
    versionOf({ kind: 'notSeeded' }, unlabelled),
    versionOf(issued('unlabelled'), unlabelled),
  ];
  const facts = factsOf({
    unpublished: issued('in container'),
    parameters: parametersOf({ escrow: issued('in escrow') }),
    otherVersions,
  });
  const tokens = (...names: string[]) => names.map((name) => new Redacted(name));

  it('are the parked ones, then those of the other versions in their order', () => {
    expect(candidateTokens(facts)).toEqual(
      tokens('in container', 'in escrow', 'in pending', 'in previous', 'unlabelled'),
    );
  });

  it('are none that is known to be refused', () => {
    const refusedTokens = fingerprintsOf('in container', 'in pending', 'unlabelled');

    expect(candidateTokens({ ...facts, refusedTokens })).toEqual(
      tokens('in escrow', 'in previous'),
    );
  });

  it('are each named once, wherever they are stored', () => {
    const twice = factsOf({
      unpublished: issued('parked'),
      parameters: parametersOf({ escrow: issued('parked') }),
      otherVersions: [...otherVersions, versionOf(seeded('in pending'), unlabelled)],
    });

    expect(candidateTokens(twice)).toEqual(
      tokens('parked', 'in pending', 'in previous', 'unlabelled'),
    );
  });

  it('are none where nothing but AWSCURRENT is known', () => {
    expect(candidateTokens(factsOf())).toEqual([]);
  });
});

describe('a stranded AWSPENDING', () => {
  it('is the version that holds the label, among others that it may hold', () => {
    const stranded = { stages: ['mine', 'AWSPENDING'], versionId: 'stranded' };
    const otherVersions = [versionOf(older, previous), versionOf(newer, stranded)];

    expect(strandedPendingVersion(factsOf({ otherVersions }))).toEqual({ versionId: 'stranded' });
  });

  it.each([
    ['no version was looked into', undefined],
    ['there is no other version', []],
    [
      'no other version holds the label',
      [versionOf(older, previous), versionOf(newer, unlabelled)],
    ],
  ])('is not there where %s', (_, otherVersions) => {
    expect(strandedPendingVersion(factsOf({ otherVersions }))).toBeUndefined();
  });
});
