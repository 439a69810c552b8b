import { accountId } from '../account';
import type { Authorize } from './authorization';
import { awsManagedKeyPermissions } from './awsManagedKeys';
import {
  type AccessDecision,
  type AccessRequest,
  evaluateAccess,
  type Permission,
} from './policyEvaluation';

/** Who calls: what its policies permit, and its tags. */
export interface Identity {
  readonly permissions: readonly Permission[];
  /** @default none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A request that was decided, with the condition keys of its caller among its context. */
export interface Decided extends AccessDecision {
  readonly accessKeyId: string;
  readonly request: AccessRequest;
}

/**
 * The identities of the endpoint's account in one Region, by the access key that each calls with.
 * Whoever has no identity may do nothing.
 */
export class IdentityPolicies {
  readonly #identities = new Map<string, Identity>();
  readonly #decided: Decided[] = [];
  readonly #keyPolicies: readonly Permission[];

  constructor(private readonly region: string) {
    this.#keyPolicies = awsManagedKeyPermissions(region);
  }

  attach(accessKeyId: string, identity: Identity): void {
    this.#identities.set(accessKeyId, identity);
  }

  /** Everything decided so far, in order. */
  get decided(): readonly Decided[] {
    return this.#decided;
  }

  /** For the endpoint's option of this name. */
  readonly authorize: Authorize = ({ action, resource, accessKeyId, context }) => {
    const { permissions = [], tags = {} } = this.#identities.get(accessKeyId) ?? {};
    const request = {
      action,
      resource: this.#arnOf(action, resource),
      context: { ...context, ...principalTags(tags) },
    };
    const decision = evaluateAccess([...permissions, ...this.#keyPolicies], request);
    this.#decided.push({ accessKeyId, request, ...decision });
    return decision.allowed;
  };

  /**
   * A secret that does not exist is known by its name, and has an ARN all the same when policies are
   * looked at; without the six characters, which it has not got yet.
   */
  #arnOf(action: string, resource: string): string {
    if (!action.startsWith('secretsmanager:') || /^(arn:|\*$)/.test(resource)) return resource;
    return `arn:aws:secretsmanager:${this.region}:${accountId}:secret:${resource}`;
  }
}

const principalTags = (tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:PrincipalTag/${key}`, value]),
  );
