import { type ReactNode, useEffect } from 'react';
import styles from './page.module.css';
import { tellTitle } from './page-title.ts';

export interface PageProps {
  readonly title: string;
  /** Chips beside the title: state, aliases, counts. */
  readonly marks?: ReactNode;
  /** Answers the page's question in words, before any chart. */
  readonly sentence?: ReactNode;
  readonly actions?: ReactNode;
  /** `Tabs` of `design/tabs.tsx`. */
  readonly tabs?: ReactNode;
  readonly children?: ReactNode;
}

/** The frame of every page: one `h1`, its answer in a sentence, actions at the right, then the content. */
export function Page({ title, marks, sentence, actions, tabs, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} - Slipway`;
    tellTitle(title);
    return () => tellTitle('');
  }, [title]);
  return (
    <>
      <header className={styles['head']}>
        <div className={styles['title']}>
          <h1 className="name">{title}</h1>
          {marks}
        </div>
        {actions !== undefined && <div className={styles['actions']}>{actions}</div>}
        {sentence !== undefined && <p className={styles['sentence']}>{sentence}</p>}
      </header>
      {tabs}
      <div className={styles['body']}>{children}</div>
    </>
  );
}
