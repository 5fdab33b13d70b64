import { homedir } from 'node:os';
import { join } from 'node:path';
import { statePath } from './state-path';

it.each<[string, Readonly<Record<string, string>>, string]>([
  ['the folder that XDG names', { XDG_STATE_HOME: '/var/state', HOME: '/home/ann' }, '/var/state/earshot'],
  ['the home folder, where XDG names none', { HOME: '/home/ann' }, '/home/ann/.local/state/earshot'],
  [
    'the home folder, where XDG names nothing',
    { XDG_STATE_HOME: '', HOME: '/home/ann' },
    '/home/ann/.local/state/earshot',
  ],
  [
    'the home folder, where XDG names a relative one',
    { XDG_STATE_HOME: 'state', HOME: '/home/ann' },
    '/home/ann/.local/state/earshot',
  ],
  ['the home of the user, where nothing is set', {}, join(homedir(), '.local/state/earshot')],
])('keeps state in %s', (_, env, path) => {
  expect(statePath(env)).toBe(path);
});
