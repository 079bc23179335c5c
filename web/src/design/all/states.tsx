import { Button } from '@mantine/core';
import { SlipwayApiError, SlipwayConnectionError } from '@slipway/sdk';
import { Card, Columns, Stack } from '../card.tsx';
import { Empty, Part } from '../state.tsx';
import { type StepState, Steps } from '../steps.tsx';
import { Story } from '../story.tsx';

const refusal = new SlipwayApiError(
  409,
  { code: 'version_retired', message: 'Version 1 of delay is retired.', todo: 'Choose another version.', request: 'req_01' },
  null,
);
const away = new SlipwayConnectionError('No answer from http://127.0.0.1:7575.', null);
const again = () => undefined;

const asked = {
  'Waiting for the server': { data: undefined, error: null, refetch: again },
  'A refusal of the server': { data: undefined, error: refusal, refetch: again },
  'The server is away': { data: undefined, error: away, refetch: again },
  'A fault of ours': { data: undefined, error: new Error('cannot read figures of undefined'), refetch: again },
};

const steps: readonly (readonly [StepState, string, readonly string[]])[] = [
  ['done', '1 %', ['24 min', '21 Nov 13:04']],
  ['now', '25 %', ['22 of 60 min']],
  ['ahead', '50 %', ['60 min']],
  ['left out', '75 %', ['not in this plan']],
  ['back', '100 %', ['went back at 14:02']],
];

/** A part that waits, has nothing, or failed; steps and stories. */
export function AllStates() {
  return (
    <Columns widths="1fr 1fr">
      <Stack>
        {Object.entries(asked).map(([title, of]) => (
          <Card key={title} title={title}>
            <Part of={of} height={72}>
              {() => null}
            </Part>
          </Card>
        ))}
      </Stack>
      <Stack>
        <Card title="Nothing here yet" action={<Button variant="default">Add a dataset</Button>}>
          <Empty sentence="A dataset is a table that runs learn from. Drop a file, or write it into the project file.">
            <Button>Add a file</Button>
          </Empty>
        </Card>
        <Card title="Steps">
          <Steps
            label="Steps of a rollout"
            steps={steps.map(([state, title, lines]) => ({ key: title, state, title, lines }))}
            say={{ done: 'done', now: 'now', ahead: 'ahead', back: 'went back', 'left out': 'left out' }}
          />
        </Card>
        <Card title="Story">
          <Story
            label="What happened"
            items={[
              { key: 'now', when: '14:02', title: 'Traffic to 25 %', detail: 'by itself, guards held 30 min', now: true },
              { key: 'then', when: '13:04', title: 'Rollout started at 1 %', detail: 'M. Okafor' },
              { key: 'first', when: '20 Nov', title: 'Registered' },
            ]}
          />
        </Card>
      </Stack>
    </Columns>
  );
}
