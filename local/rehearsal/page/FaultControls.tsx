import { clockMoves, type Outage, outages } from '../state';
import { Control, Group, Switch } from './Control';
import { Outcome, type Room } from './Outcome';

interface OutageText {
  readonly label: string;
  readonly expect: string;
}

const outageTexts: Readonly<Record<Outage, OutageText>> = {
  provider: {
    label: 'Token endpoint down',
    expect: 'It answers 503 and spends nothing. The same token is sent again until it is back.',
  },
  'secrets-manager': {
    label: 'Secrets Manager down',
    expect: 'Nothing can be read, so no token is spent. Readers without a cache fail.',
  },
  'secrets-manager-writes': {
    label: 'Secrets Manager takes no writes',
    expect: 'A new token set is parked in the escrow, and published once writes work again.',
  },
  'parameter-store': {
    label: 'Parameter Store down',
    expect: 'A rotation needs the client secret: it fails before anything is spent.',
  },
};

const moveNames: Readonly<Record<number, string>> = {
  5: '+5 min',
  30: '+30 min',
  [24 * 60]: '+1 day',
  [700 * 24 * 60]: '+700 days',
};

export function FaultControls({ room }: { readonly room: Room }) {
  const { state, act } = room;
  const { faults, clientSecret } = state;
  return (
    <section aria-labelledby="faults">
      <h2 id="faults">Break something</h2>
      <Group title="In the next rotation">
        <Control
          control="drop-answer"
          room={room}
          label="Drop the answer"
          expect="The provider spends the token, and its answer is lost. The same token is sent again at once."
          isOff={faults.lostAnswer}
          onClick={() => act('drop-answer', {})}
        />
        <Control
          control="kill-function"
          room={room}
          label="Kill the function"
          expect="Between the provider’s answer and the store. The queue delivers it again a minute later, with the spent token."
          isOff={faults.kill}
          onClick={() => act('kill-function', {})}
        />
      </Group>
      <Group title="Until you switch it back">
        {outages.map((of) => {
          const isOn = faults.down.includes(of);
          return (
            <Switch
              key={of}
              control={of}
              room={room}
              {...outageTexts[of]}
              isOn={isOn}
              onClick={() => act('outage', { of, isDown: !isOn })}
            />
          );
        })}
      </Group>
      <Group title="For good">
        <Control
          control="expire-client-secret"
          room={room}
          label="Expire the client secret"
          expect="With the next one staged, only a warning. Without, rotations fail until a person stages it."
          isOff={clientSecret.isExpired}
          onClick={() => act('expire-client-secret', {})}
        />
        <Control
          control="revoke-chain"
          room={room}
          label="Revoke the chain"
          expect="As an administrator can. The next rotation ends in ChainBroken, until a person logs in again."
          onClick={() => act('revoke-chain', {})}
        />
        <Control
          control="put-back"
          room={room}
          label="Put the previous version back"
          expect="As somebody may by hand. Its refresh token is spent: the live one is found among the versions."
          onClick={() => act('put-back', {})}
        />
      </Group>
      <h3 id="moves">Move the clock</h3>
      <p id="moves-text" class="quiet">
        No tick comes in between, as if the schedule had stood still. After 700 days no refresh
        token is valid any more.
      </p>
      <fieldset class="moves" aria-labelledby="moves" aria-describedby="moves-text">
        {clockMoves.map((minutes) => (
          <button key={minutes} type="button" onClick={() => act('move-clock', { minutes })}>
            {moveNames[minutes]}
          </button>
        ))}
      </fieldset>
      <Outcome control="move-clock" room={room} />
    </section>
  );
}
