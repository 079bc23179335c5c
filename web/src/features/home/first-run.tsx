import { Card } from '../../design/card.tsx';
import { words } from '../../words/index.ts';
import styles from './home.module.css';

/** A project in which nothing is yet: the two lines that fill it. The page turns into the loop by itself. */
export function FirstRun() {
  const { listening, sentence, lines, demo } = words.home.firstRun;
  return (
    <Card title={listening}>
      <p>{sentence}</p>
      <pre className={`${styles['lines']} mono`}>{lines(location.origin)}</pre>
      <p className="second">{demo}</p>
    </Card>
  );
}
