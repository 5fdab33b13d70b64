import { identityOf } from '../../firmware-identity';
import { demoOnAtomS3R, demoOnKorvo2 } from '../../start-up';
import { pcma, type AudioFormat } from '../../webrtc/audio-format';
import { requestSchemes, socketSchemes, type FirmwareDialect } from '../application';
import { generations, type Generation } from './generation';
import { demoOpus, OpenaiDemo } from './openai-demo';

interface Build {
  readonly version: string;
  readonly generation: Generation;
  readonly model: string;
  readonly board: 'korvo-2' | 'atom-s3r';
  /** Default: Opus. */
  readonly format?: AudioFormat;
}

const GA_MODEL = 'gpt-realtime-2';
const BETA_MODEL = 'gpt-4o-mini-realtime-preview-2024-12-17';

const build = ({ version, generation, model, board, format = demoOpus }: Build): FirmwareDialect => ({
  identity: identityOf('openai_demo', version),
  startUp: board === 'korvo-2' ? demoOnKorvo2 : demoOnAtomS3R,
  console: board === 'korvo-2' ? 'uart' : 'usb-output',
  dacRateHz: format.sampleRateHz,
  access: {
    // Whoever has a socket for the service's address serves requests there too.
    schemes: [...requestSchemes, ...socketSchemes],
    credentials: { apiKey: 'virtual-board-key' },
    model,
  },
  start: (services) => new OpenaiDemo(services, generation, format),
});

const ga = { model: GA_MODEL, board: 'korvo-2' } as const;
const beta = { model: BETA_MODEL, board: 'korvo-2' } as const;

/** Builds of openai_demo, by the names of their dialects: generations and the boards that they are for. */
export const openaiDemoBuilds = {
  'openai-demo': build({ ...ga, version: 'c57e51b', generation: generations.G1 }),
  'openai-demo-pcma': build({ ...ga, version: 'c57e51b', generation: generations.G1, format: pcma }),
  'openai-demo-g0': build({ ...ga, version: '560e139', generation: generations.G0 }),
  'openai-demo-b2': build({ ...beta, version: '63ac292', generation: generations.B2 }),
  'openai-demo-b1': build({ ...beta, version: 'd0a5c66', generation: generations.B1 }),
  'openai-demo-beta': build({
    ...beta,
    version: '377991b',
    generation: generations.B0,
    board: 'atom-s3r',
  }),
} as const satisfies Readonly<Record<string, FirmwareDialect>>;
