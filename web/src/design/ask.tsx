import { Button, Group, Modal, Textarea } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { words } from '../words/index.ts';
import { Problem } from './state.tsx';

export interface AskProps {
  readonly open: boolean;
  readonly title: string;
  /** What will happen, and what will not. */
  readonly consequence: ReactNode;
  /** Verb and thing. */
  readonly button: string;
  readonly danger?: boolean;
  readonly reason?: 'optional' | 'required';
  readonly busy: boolean;
  readonly error: Error | null;
  readonly onYes: (reason: string) => void;
  readonly onClose: () => void;
  /** Fields that the action needs besides a reason. */
  readonly children?: ReactNode;
  readonly ready?: boolean;
}

const raised = { background: 'var(--s-raised)' };

/**
 * Asks once before what cannot be undone, and stays open with the error where it failed. Enter says yes. The page behind
 * stays free to scroll: Mantine locks it by a style that our policy refuses.
 */
export function Ask(props: AskProps) {
  const { open, title, consequence, button, danger = false, reason, busy, error, onYes, onClose, children, ready = true } = props;
  const [text, setText] = useState('');
  const may = ready && !busy && (reason !== 'required' || text.trim() !== '');
  return (
    <Modal
      opened={open}
      onClose={onClose}
      title={title}
      lockScroll={false}
      closeButtonProps={{ 'aria-label': words.common.close }}
      styles={{ content: raised, header: raised }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (may) onYes(text.trim());
        }}
      >
        <p className="second">{consequence}</p>
        {children}
        {reason !== undefined && (
          <Textarea
            mt="sm"
            label={words.common.reason}
            description={words.common.reasonHint}
            required={reason === 'required'}
            maxLength={2000}
            autosize
            value={text}
            data-autofocus
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter' || event.shiftKey) return;
              event.preventDefault();
              if (may) onYes(text.trim());
            }}
          />
        )}
        {error && (
          <div style={{ marginTop: 12 }}>
            <Problem error={error} />
          </div>
        )}
        <Group justify="flex-end" mt="md" gap="xs">
          <Button variant="default" onClick={onClose}>
            {words.common.cancel}
          </Button>
          <Button type="submit" {...(danger ? { color: 'bad' } : {})} disabled={!may} loading={busy}>
            {button}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
