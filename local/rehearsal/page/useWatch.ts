import { useCallback, useEffect, useState } from 'preact/hooks';
import type { ActionBody, ActionName } from '../actions';
import type { WatchState } from '../state';

/** Takes an action. Its body is what the server's schema of that name says. */
export type Act = <Name extends ActionName>(name: Name, body: ActionBody<Name>) => void;

export interface Watching {
  /** Undefined until the first event. */
  readonly state: WatchState | undefined;
  readonly isConnected: boolean;
  /** Why the last action was not taken; empty if it was, and on a new connection. */
  readonly refusal: string;
  /** The control that was used last. */
  readonly lastControl: string;
  readonly act: Act;
}

/** The state as it is sent, and what people can do about it. */
export function useWatch(): Watching {
  const [state, setState] = useState<WatchState>();
  const [isConnected, setConnected] = useState(false);
  const [refusal, setRefusal] = useState('');
  const [lastControl, setLastControl] = useState('');

  useEffect(() => {
    // Connects again by itself (WHATWG HTML, "Server-sent events").
    const events = new EventSource('/events');
    events.onmessage = ({ data }) => {
      setState(JSON.parse(data));
      setConnected(true);
    };
    events.onopen = () => setRefusal('');
    events.onerror = () => setConnected(false);
    return () => events.close();
  }, []);

  const act: Act = useCallback((name, body) => {
    setLastControl('of' in body ? body.of : name);
    setRefusal('');
    send(name, body).then(setRefusal, () => setRefusal('The tour does not answer. Is it running?'));
  }, []);

  return { state, isConnected, refusal, lastControl, act };
}

/** Gives why it was refused, or an empty text. */
async function send(name: ActionName, body: object): Promise<string> {
  const response = await fetch(`/actions/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return '';
  const { error } = await response.json();
  return String(error);
}
