import type { Chain } from './chain';

/** The checker as its rules see it. */
export interface Rules {
  readonly chain: Chain;
  /** Off while the client secrets in the parameters are not the provider's. */
  readonly areCredentialsGood: boolean;
  /** For how long nothing was made to fail. */
  readonly calmMs: number;
  violate(what: string): void;
}
