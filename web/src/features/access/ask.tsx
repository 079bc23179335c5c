import { Button, Modal } from '@mantine/core';
import { Problem } from '../../design/state.tsx';
import { words } from '../../words/index.ts';
import styles from './settings.module.css';

export interface AskProps {
  readonly title: string;
  readonly text: string;
  readonly button: string;
  readonly error: Error | null;
  readonly pending: boolean;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** Asks once before something that cannot be taken back, and says what happens. */
export function Ask({ title, text, button, error, pending, onYes, onClose }: AskProps) {
  return (
    <Modal opened onClose={onClose} title={<bdi className="name">{title}</bdi>}>
      <div className={styles['column']}>
        <p>{text}</p>
        {error && <Problem error={error} />}
        <div className={styles['rowButtons']}>
          <Button variant="default" onClick={onClose} data-autofocus>
            {words.common.cancel}
          </Button>
          <Button color="bad" loading={pending} onClick={onYes}>
            {button}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
