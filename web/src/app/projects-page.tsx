import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Card } from '../design/card.tsx';
import { Page } from '../design/page.tsx';
import { Empty, Part } from '../design/state.tsx';
import { Table } from '../design/table.tsx';
import { projectsQuery } from '../features/access/access-api.ts';
import { words } from '../words/index.ts';
import styles from './shell.module.css';

/** The projects that the reader may see. */
export function ProjectsPage() {
  const asked = useQuery(projectsQuery);
  return (
    <main className={styles['alone']}>
      <Page title={words.shell.projects} sentence={asked.data && words.shell.projectsSentence(asked.data.projects.length)}>
        <Card flush>
          <Part of={asked}>
            {({ projects }) =>
              projects.length === 0 ? (
                <Empty sentence={words.shell.noProjects}>
                  <p className="second">{words.shell.noProjectsTodo}</p>
                </Empty>
              ) : (
                <Table
                  label={words.shell.projects}
                  rows={projects}
                  keyOf={({ id }) => id}
                  columns={[
                    {
                      key: 'name',
                      title: words.shell.projects,
                      cell: ({ name }) => (
                        <Link to="/p/$project" params={{ project: name }}>
                          {name}
                        </Link>
                      ),
                    },
                    { key: 'zone', title: words.shell.zone, cell: ({ zone }) => zone },
                  ]}
                />
              )
            }
          </Part>
        </Card>
      </Page>
    </main>
  );
}
