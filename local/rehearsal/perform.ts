import { refreshTokenLifeDays } from '../../lambda/core/limits';
import { minuteMs } from '../tour/time';
import { type Action, ActionRefused } from './actions';
import type { Rehearsal } from './rehearsal';
import { outageSections, runbookSection } from './runbook';
import type { Outage } from './state';

const outageNames: Readonly<Record<Outage, string>> = {
  provider: "The provider's token endpoint is down",
  'secrets-manager': 'Secrets Manager is down',
  'secrets-manager-writes': 'Secrets Manager takes no writes',
  'parameter-store': 'Parameter Store is down',
};

/**
 * Does what a person asked for on the page.
 *
 * @throws ActionRefused if that makes no sense as things are.
 */
export async function performAction(rehearsal: Rehearsal, action: Action): Promise<void> {
  const { story, faults, incidents, repairs, deliveries } = rehearsal;
  const { world, operator } = story;
  const atMs = world.now();
  switch (action.name) {
    case 'pace':
      rehearsal.pace = action.body.minutesPerSecond;
      return;
    case 'move-clock': {
      const { minutes } = action.body;
      world.advance(minutes * minuteMs);
      rehearsal.life.noteJump({ fromMs: atMs, toMs: world.now() });
      incidents.open({
        what: `The clock moved by ${spanOf(minutes)}`,
        atMs,
        control: action.name,
        runbook: runbookSection(
          minutes < refreshTokenLifeDays * 24 * 60 ? 'ticksMissing' : 'chainBroken',
        ),
      });
      return;
    }
    case 'drop-answer':
      if (faults.isLostAnswerOrdered) throw new ActionRefused('That is ordered already.');
      faults.dropNextAnswer();
      incidents.open({
        what: "The provider's answer is lost",
        atMs,
        control: action.name,
        runbook: runbookSection('tokenNearExpiry'),
        isWaiting: () => faults.isLostAnswerOrdered,
      });
      return;
    case 'kill-function':
      if (faults.isKillOrdered) throw new ActionRefused('That is ordered already.');
      faults.killAtNextWrite();
      incidents.open({
        what: 'The function is killed in the middle',
        atMs,
        control: action.name,
        runbook: runbookSection('functionErrors'),
        isWaiting: () => faults.isKillOrdered,
      });
      return;
    case 'outage': {
      const { of, isDown } = action.body;
      if (faults.isDown(of) === isDown) {
        throw new ActionRefused(isDown ? 'It is down already.' : 'It is not down.');
      }
      faults.setOutage(of, isDown);
      if (isDown) {
        incidents.open({
          what: outageNames[of],
          atMs,
          control: of,
          runbook: runbookSection(outageSections[of]),
          isOver: () => !faults.isDown(of),
        });
      }
      incidents.noteOver(of, atMs);
      return;
    }
    case 'expire-client-secret': {
      const { staged } = rehearsal.clientSecrets.state();
      rehearsal.clientSecrets.expire();
      incidents.open({
        what: 'The client secret expired',
        atMs,
        control: action.name,
        runbook: runbookSection(staged === 'none' ? 'clientSecretRefused' : 'stagedSecretInUse'),
        repairNames: ['stage-client-secret', 'promote-client-secret'],
        isOver: rotatedSince(rehearsal),
      });
      return;
    }
    case 'revoke-chain': {
      const { model } = world.provider;
      const { refreshToken = '' } = story.currentTokens();
      const issued = model.refreshTokens();
      // The stored one may be spent for good, while a newer one is parked.
      const chain = issued.find(({ token }) => token === refreshToken)?.chain;
      if (!issued.some((entry) => entry.chain === chain && model.accepts(entry.token, atMs))) {
        throw new ActionRefused('The provider takes no refresh token of this chain any more.');
      }
      model.revokeChain(refreshToken);
      incidents.open({
        what: 'An administrator revoked the chain',
        atMs,
        control: action.name,
        runbook: runbookSection('chainBroken'),
        repairNames: ['re-seed'],
      });
      return;
    }
    case 'put-back':
      return withStore(rehearsal, 'secrets-manager', async () => {
        await operator.putPreviousVersionBack();
        incidents.open({
          what: 'A person put the previous version back',
          atMs: world.now(),
          control: action.name,
          runbook: runbookSection('chainBroken'),
          isOver: rotatedSince(rehearsal),
        });
        rehearsal.noteLife();
      });
    case 'rotate':
      repairs.note('rotate', atMs, deliveries.send({ force: true }));
      return;
    case 'stage-client-secret':
      return withStore(rehearsal, 'parameter-store', async () => {
        await rehearsal.clientSecrets.stage();
        repairs.note('stage-client-secret', world.now());
      });
    case 'promote-client-secret':
      return withStore(rehearsal, 'parameter-store', async () => {
        await rehearsal.clientSecrets.promote();
        repairs.note('promote-client-secret', world.now());
      });
    case 're-seed':
      return withStore(rehearsal, 'secrets-manager', async () => {
        const refreshToken = world.provider.model.startChain('user', world.now());
        story.noteOrigin('login');
        await operator.seed(refreshToken);
        repairs.note('re-seed', world.now(), deliveries.send());
        rehearsal.noteLife();
      });
  }
}

/** An operator cannot write to a store that is down either. */
async function withStore(
  rehearsal: Rehearsal,
  store: 'parameter-store' | 'secrets-manager',
  act: () => Promise<void>,
): Promise<void> {
  const { faults } = rehearsal;
  await rehearsal.exclusively(async () => {
    const isOut =
      faults.isDown(store) ||
      (store === 'secrets-manager' && faults.isDown('secrets-manager-writes'));
    if (isOut) {
      throw new ActionRefused('The store is out, for operators too: end the outage first.');
    }
    await faults.spareOperator(act);
  });
}

/** Whether the chain has gone on: a tick that finds the token fresh proves nothing here. */
function rotatedSince({ story }: Rehearsal): () => boolean {
  const before = story.currentTokens().refreshToken;
  return () => story.currentTokens().refreshToken !== before;
}

function spanOf(minutes: number): string {
  if (minutes < 60) return `${minutes} minutes`;
  const days = minutes / (24 * 60);
  return days === 1 ? 'a day' : `${days} days`;
}
