import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { Outcome, type Room } from './Outcome';

interface ControlProps {
  /** Its name in the state. */
  readonly control: string;
  readonly room: Room;
  readonly label: string;
  /** What should happen. */
  readonly expect: string;
  readonly onClick: () => void;
  /** Where it cannot be used now. */
  readonly isOff?: boolean;
}

/** A button, and beside it what should come of it, and what came. */
export function Control({ control, room, label, expect, onClick, isOff = false }: ControlProps) {
  const id = useId();
  return (
    <li class="control">
      <button
        type="button"
        aria-describedby={id}
        // Not `disabled`, which would take the focus from whoever has just pressed it (ARIA
        // Authoring Practices Guide, "Focusability of disabled controls").
        aria-disabled={isOff}
        onClick={isOff ? undefined : onClick}
      >
        {label}
      </button>
      <p id={id}>{expect}</p>
      <Outcome control={control} room={room} />
    </li>
  );
}

interface SwitchProps extends Omit<ControlProps, 'isOff'> {
  readonly isOn: boolean;
}

/** Something that stays so until it is switched back. */
export function Switch({ control, room, label, expect, onClick, isOn }: SwitchProps) {
  const id = useId();
  return (
    <li class="control">
      <button
        type="button"
        role="switch"
        aria-checked={isOn}
        aria-describedby={id}
        onClick={onClick}
      >
        <span class="track" aria-hidden="true" />
        {label}
      </button>
      <p id={id}>{expect}</p>
      <Outcome control={control} room={room} />
    </li>
  );
}

interface GroupProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Group({ title, children }: GroupProps) {
  const id = useId();
  return (
    <>
      <h3 id={id}>{title}</h3>
      <ul aria-labelledby={id}>{children}</ul>
    </>
  );
}
