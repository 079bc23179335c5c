import type { ReactNode } from 'react';
import styles from './text-button.module.css';

/** A button that looks like a link, for what opens a part of the same page; its text is a name. */
export function TextButton(props: { readonly title?: string; readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" className={`${styles['button']} name`} title={props.title} onClick={props.onClick}>
      {props.children}
    </button>
  );
}
