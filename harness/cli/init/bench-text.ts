import { liveVariables } from '../../config';
import type { PortChoice, ProviderProtocol } from '../../ports';
import type { BenchPlan, PlannedBoard, PlannedRig } from './bench-plan';

/**
 * What whoever comes to a provider that the network can reach has to show: credentials by the protocol's own names, with the variables
 * that hold them. They are the bench's own, so that no real key travels about.
 */
export const benchVariables = (protocol: ProviderProtocol): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(liveVariables[protocol].credentials).map((name) => [
      name,
      `BENCH_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
    ]),
  );

/** Any text as YAML reads it again: a JSON string is one. */
const quoted = (text: string): string =>
  /^[A-Za-z][\w./-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);

const portText = (port: PortChoice): string =>
  typeof port === 'string'
    ? quoted(port)
    : `{ ${Object.entries(port)
        .map(([key, value]) => `${key}: ${typeof value === 'number' ? value : JSON.stringify(value)}`)
        .join(', ')} }`;

function rigLines(rig: PlannedRig): readonly string[] {
  const { loopback, speaker } = rig.inputs;
  const inputs =
    loopback === undefined ? `{ speaker: ${speaker} }` : `{ speaker: ${speaker}, loopback: ${loopback} }`;
  const common = [
    `rate: ${rig.rateHz}`,
    `channels: ${inputs} # inputs, counted from 0`,
    '# acousticDelay: 0.4ms # air between rig and board, both ways: 2.9 ms a metre',
  ];
  if (rig.kind === 'pulse')
    return ['kind: pulse', `sink: ${quoted(rig.sink)}`, `source: ${quoted(rig.source)}`, ...common];
  return [
    'kind: alsa',
    `card: ${JSON.stringify(rig.card)} # ${rig.cardName.replaceAll(/\s+/g, ' ')}`,
    `format: ${rig.format}`,
    `inputs: ${rig.inputCount}`,
    `outputs: ${rig.outputCount}`,
    ...common,
  ];
}

function boardLines(board: PlannedBoard): readonly string[] {
  if (board.kind === 'virtual')
    return [
      `- name: ${board.name}`,
      '  kind: virtual # a simulated ESP32-S3 in a process of its own: docs/virtual-board.md',
      `  dialect: ${board.dialect}`,
    ];
  const { name, model, port, portKind, dialect, readsConsole, hasSound, rig } = board;
  return [
    `- name: ${quoted(name)}`,
    '  kind: serial # docs/serial-ports.md',
    `  model: ${quoted(model)}`,
    `  port: ${portText(port)}${portKind === undefined ? '' : ` # ${portKind}`}`,
    `  dialect: ${dialect} # how its firmware talks on its console`,
    ...(readsConsole === false ? ['  readsConsole: false # output-only on this connector'] : []),
    '  # image: build/flasher_args.json # the image under test: a board that runs another one is not judged',
    '  # power: { uhubctl: { location: 1-1, port: 2 } } # what switches its power: docs/resetting.md',
    ...(rig === undefined
      ? []
      : ['  rig: # docs/sound-cards.md', ...rigLines(rig).map((line) => `    ${line}`)]),
    ...(hasSound && rig === undefined
      ? [
          '  # No sound card was chosen; `earshot devices` lists them, and docs/bench.md says what to buy:',
          '  # rig: { kind: alsa, card: "usb:1397:0507", channels: { speaker: 0, loopback: 1 } }',
        ]
      : []),
  ];
}

function credentialsText(protocol: ProviderProtocol): string {
  const pairs = Object.entries(benchVariables(protocol)).map(([name, variable]) => `${name}: ${variable}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}

function providerLines({ boards, provider }: BenchPlan): readonly string[] {
  const { kind, protocol, host, port } = provider;
  if (boards.every((board) => board.kind === 'virtual'))
    return [
      `kind: ${kind}`,
      `protocol: ${protocol}`,
      'port: 0 # any free one: only the simulated board has to find it',
    ];
  return [
    `kind: ${kind} # ${kind === 'mock' ? 'hears and answers by itself; costs nothing' : 'stands between the board and the real one'}: docs/${kind === 'mock' ? 'scenario-file' : 'proxy'}.md`,
    `protocol: ${protocol}`,
    `host: ${JSON.stringify(host)} # this machine in the boards' network`,
    `port: ${port} # firmware has it compiled in`,
    ...(kind === 'mock'
      ? [`credentials: ${credentialsText(protocol)} # variables with what the firmware shows`]
      : []),
    `# certs: certs # for firmware that speaks TLS: \`earshot certs --host ${host}\`, docs/tls.md`,
  ];
}

/** The bench file of a plan, with comments that say what may be added and where it is described. */
export const benchText = (plan: BenchPlan): string =>
  [
    '# Made by `earshot init`. `earshot doctor` with this file says what is still missing.',
    '# Every key: docs/bench-file.md',
    'schema: earshot/bench@1',
    `name: ${quoted(plan.name)}`,
    '',
    'boards:',
    ...plan.boards.flatMap((board) => boardLines(board).map((line) => `  ${line}`)),
    '',
    'provider:',
    ...providerLines(plan).map((line) => `  ${line}`),
    '',
    '# budgets: budgets.yaml # bounds that a run is judged by: docs/bench-file.md#budgets',
    '# ntp: { port: 123 } # tells boards the time, which TLS needs',
    '',
  ].join('\n');
