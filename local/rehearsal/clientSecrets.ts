import type { Story } from '../tour/story';
import { connection, type TourWorld } from '../tour/world';
import { ActionRefused } from './actions';
import type { ClientSecretState } from './state';

/** The client secrets as an operator sees and changes them, here and at the provider. */
export class ClientSecretDesk {
  #staged: string | undefined;

  constructor(private readonly story: Story) {}

  /** @throws ActionRefused if the active one has ended already. */
  expire(): void {
    if (this.#isExpired()) throw new ActionRefused('The client secret has expired already.');
    this.story.world.provider.model.clientSecrets.expire(activeIn(this.story.world));
  }

  /** @throws ActionRefused if one is staged; the SDK's error if it cannot be stored. */
  async stage(): Promise<void> {
    if (this.#staged !== undefined) {
      throw new ActionRefused('A client secret is staged already: promote it first.');
    }
    const { world, operator } = this.story;
    const secret = world.nextId();
    await operator.putClientSecret('client-secret-next', secret);
    world.provider.model.clientSecrets.stage(secret, world.now());
    this.#staged = secret;
  }

  /** @throws ActionRefused if none can be promoted; the SDK's error if it cannot be stored. */
  async promote(): Promise<void> {
    const { world, operator } = this.story;
    const secret = this.#staged;
    if (secret === undefined) throw new ActionRefused('No client secret is staged.');
    if (this.state().staged === 'waiting') {
      throw new ActionRefused('A staged client secret can be promoted five minutes after staging.');
    }
    await operator.putClientSecret('client-secret', secret);
    await operator.deleteStagedClientSecret();
    world.provider.model.clientSecrets.activateStaged(world.now());
    this.#staged = undefined;
  }

  /** Whether the provider takes one of those that the function has. */
  get isOneAccepted(): boolean {
    const { isExpired, staged } = this.state();
    return !isExpired || staged === 'usable';
  }

  state(): ClientSecretState {
    const { world } = this.story;
    const { clientSecrets } = world.provider.model;
    const isUsable = this.#staged && clientSecrets.accepts(this.#staged, world.now());
    return {
      isExpired: this.#isExpired(),
      staged: this.#staged === undefined ? 'none' : isUsable ? 'usable' : 'waiting',
    };
  }

  #isExpired(): boolean {
    const { world } = this.story;
    return !world.provider.model.clientSecrets.accepts(activeIn(world), world.now());
  }
}

/** The one in /sfmc/NAME/client-secret: it changes together with the provider's active one. */
function activeIn({ aws }: TourWorld): string {
  const Name = `/sfmc/${connection}/client-secret`;
  return aws.parameterStore.getParameter({ Name, WithDecryption: true }).Parameter.Value;
}
