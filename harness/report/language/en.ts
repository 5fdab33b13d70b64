import type { OnsetMiss } from '../../audio';
import { catalogue, type ErrorCode } from '../../errors';
import {
  measures,
  turnKindTitles,
  type CallHops,
  type MeasureDeclaration,
  type MeasureName,
  type Mark,
  type NotMeasuredReason,
  type ReplyStretch,
  type TakeFault,
  type TextMark,
} from '../../measurement';
import type { BoardEventType, BootSession, PromptConditions } from '../../ports';
import type { Outcome, SoakTrend, SoakVerdict } from '../../verdict';

const inMinutes = (ms: number): string => String(Number((ms / 60_000).toFixed(1)));
const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
const timesInWords = (count: number): string =>
  count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;

const soakTrends: Readonly<Record<SoakTrend['name'], string>> = {
  internal: 'Free internal RAM',
  psram: 'Free PSRAM',
  idle0: 'Idle share of core 0',
  idle1: 'Idle share of core 1',
  voiceToVoice: 'Voice-to-voice',
  questionToAnswer: 'Question to answer',
};

/** Why there is no number, in a few words. */
const reasons: Readonly<Record<NotMeasuredReason, string>> = {
  'no-capture': 'no capture',
  'no-prompt': 'prompt not found',
  'no-onset': 'no reply heard',
  'no-reference': 'no reference',
  'not-heard': 'not heard',
  'no-received-audio': 'nothing received',
  'no-endpoint': 'no endpoint',
  'no-reply-sent': 'no reply sent',
  'no-call': 'no call',
  'bad-take': 'bad take',
  'no-clock': 'no clock',
  'other-topology': 'other topology',
  'no-interruption': 'not interrupted',
  'never-stopped': 'never stopped',
  'reply-over': 'reply too short',
  'no-request': 'no request',
  'no-text': 'no text sent',
  'no-answer': 'no answer',
  'not-printed': 'not printed',
  'not-taken': 'not taken',
};

const outcomes: Readonly<Record<Outcome | 'skip', string>> = {
  pass: 'pass',
  fail: 'fail',
  inconclusive: 'inconclusive',
  'not-judged': 'not judged',
  aborted: 'aborted',
  skip: 'skip',
};

const headlines: Readonly<Record<Outcome, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  inconclusive: 'Inconclusive',
  'not-judged': 'Not judged',
  aborted: 'Aborted',
};

const origins = {
  board: 'board',
  bench: 'bench',
  provider: 'provider',
  config: 'config',
  harness: 'harness',
};

const marks: Readonly<Record<Mark['name'], string>> = {
  promptOnset: 'prompt begins',
  promptOffset: 'prompt ends',
  uplinkEnd: 'prompt at the provider',
  endpoint: 'end of speech decided',
  functionCall: 'call executed',
  firstAudioOut: 'first audio leaves',
  replyOnset: 'reply begins',
  replyOffset: 'reply ends',
  interruptionOnset: 'interruption begins',
  interruptionOffset: 'interruption ends',
  replySilence: 'reply falls silent',
};

const takeFaults: Readonly<Record<TakeFault, string>> = {
  'no-capture': 'no capture',
  lag: 'the rig was late',
  xrun: 'the rig lost sound',
  'no-loopback': 'the prompt is not on the loopback',
  stall: 'the bench stood still',
};

const bootCauses: Readonly<Record<NonNullable<BootSession['endedBy']> | 'joined', string>> = {
  ordered: 'the bench',
  crash: 'a crash',
  watchdog: 'a watchdog',
  power: 'its supply',
  'power-on': 'power on',
  restart: 'its firmware',
  joined: 'running already',
  unknown: 'unknown',
  closed: 'end of the run',
};

const stretches: Readonly<Record<ReplyStretch['kind'], string>> = {
  gap: 'gap',
  repeat: 'repeated',
  skip: 'skipped',
  concealed: 'concealed',
};

const hops: Readonly<Record<keyof CallHops, string>> = {
  promptToAsked: 'prompt → asked',
  askedToExecuted: 'asked → executed',
  executedToEffect: 'executed → effect',
  askedToOutput: 'asked → output back',
  executedToOutput: 'executed → output back',
};

/** What the stretch is called that begins with a mark of a turn in writing. */
const textParts: Readonly<
  Record<Exclude<TextMark['name'], 'requestSent' | 'firstText' | 'answerPrinted'>, string>
> = {
  questionTyped: 'to the request',
  requestRead: 'to the first token',
  firstToken: 'to the end of the answer',
  answerSent: 'to its end on the console',
};

const surveyAxes: Readonly<
  Record<keyof PromptConditions, { readonly title: string; readonly axis: string }>
> = {
  gainDb: { title: 'Prompt level', axis: "prompt over the bench's level, dB" },
  snrDb: { title: 'Background noise', axis: 'prompt over the noise, dB' },
  rt60Ms: { title: 'Room', axis: 'reverberation time of the room, ms' },
};

const boardEvents: Partial<Record<BoardEventType, string>> = {
  boot: 'boot',
  'request-sent': 'request sent',
  'first-text': 'first text',
  'clock-unset': 'no time',
  'tls-refused': 'certificate refused',
  'media-lost': 'sound not connected',
  'network-lost': 'network lost',
  'session-ready': 'session ready',
  'session-ended': 'session ended',
};

type LaneName =
  'prompt' | 'promptSpectrum' | 'provider' | 'textProvider' | 'board' | 'reply' | 'replySpectrum';

/** Title of a lane of a turn's picture, and what is below it. */
const lanes: Readonly<Record<LaneName, readonly [string, string]>> = {
  prompt: ['prompt', 'rig → microphone'],
  promptSpectrum: ['', '0–8 kHz'],
  provider: ['provider', 'hears, decides, sends'],
  textProvider: ['provider', 'reads, writes'],
  board: ['board', 'console'],
  reply: ['reply', 'speaker → rig'],
  replySpectrum: ['', '0–8 kHz'],
};

/** Why no onset of speech was found. */
const onsetMisses: Readonly<Record<OnsetMiss, string>> = {
  'no-floor': 'no quiet stretch',
  'no-sound': 'no sound',
  'no-speech': 'no speech',
  'sounding-before': 'sounding before',
};

/**
 * Everything that a report says in English. The other languages have the type of this: what is missing there does not compile.
 * What boards, providers and people wrote is no part of it and stays as it was recorded.
 */
export const en = {
  /** BCP 47. */
  tag: 'en',
  outcomes,
  headlines,
  reasons,
  onsetMisses,
  origins,
  measures: measures as Readonly<Record<MeasureName, Pick<MeasureDeclaration, 'title' | 'begins' | 'ends'>>>,
  kinds: turnKindTitles,
  quantileNames: { p50: 'p50', p90: 'p90', p95: 'p95', max: 'max' },
  successRate: 'success rate',
  /** What to do about a code; undefined for a code that this version does not know. */
  remedyOf: (code: ErrorCode): string | undefined => (code in catalogue ? catalogue[code].remedy : undefined),
  /** A sentence that was stored in English; undefined: it has no translation and is shown as it is. */
  stored: (sentence: string): string | undefined => sentence,
  /** What a run is held against, as the verdict names it. */
  storedTitle: (title: string): string => title,
  /** The first letter large, where the script has such. */
  capital: (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1),
  list: ', ',
  clause: '; ',
  above: '> all',
  notJudgedAt: (n: number): string => `not judged at n = ${n}`,
  to: (lower: string, upper: string): string => `${lower} to ${upper}`,
  none: 'none',
  unknown: 'not known',
  neverEnded: (turns: number): string =>
    `The run never came to its end; ${counted(turns, 'turn')} had been recorded.`,
  aboveEveryNumber: 'above every number',
  belowEveryNumber: 'below every number',

  turn: {
    nothingHeard: 'nothing',
    heardUnknown: (confidence: string): string => `unknown (${confidence})`,
    notExecuted: (call: string): string => `no ${call}`,
    unasked: (call: string): string => `${call} unasked`,
    notAsked: (call: string): string => `${call} not asked`,
    ownQuestion: 'a question of its own',
    reports: (told: string): string => `reports ${told}`,
    noAnswer: 'no answer',
    answerAsSent: 'as it was sent',
    answerCut: (characters: number): string => `the last ${characters} characters are missing`,
    answerOther: (character: number): string => `not what was sent, from character ${character} on`,
    answerUnknown: 'what was sent is not known',
    answerNotPrinted: 'none was printed',
  },

  notes: {
    surveyed: (n: number): string =>
      `${counted(n, 'turn')} ${n === 1 ? 'was' : 'were'} taken to see how far the board goes and ${n === 1 ? 'is' : 'are'} in no number.`,
    leftOut: (n: number, topology: string, countedTopology: string): string =>
      `${counted(n, 'turn')} taken with topology ${topology} ${n === 1 ? 'is' : 'are'} left out: these are of topology ${countedTopology}, and the two are not mixed.`,
    airPaths: 'The bench states several air paths; none of them is subtracted.',
    airPath: (delayMs: number, medianMs: string): string =>
      `The bench states air paths of ${delayMs} ms. They are in these numbers; without them the median of voice-to-voice is ${medianMs} ms.`,
    badTakes: (bad: number, all: number, reasonsInWords: string): string =>
      `${bad} of ${all} takes ${bad === 1 ? 'was spoilt by the rig and is' : 'were spoilt by the rig and are'} in no number: ${reasonsInWords}.`,
  },

  takeFaults,
  take: {
    overNoise: (what: 'prompt' | 'reply', level: string): string => `${what} ${level} dB over the noise`,
    clipped: (role: string, samples: number): string => `${role} clipped in ${samples} samples`,
    aChannel: 'a channel',
    nothingClipped: 'nothing clipped',
    good: 'good',
    bad: (faults: string): string => `bad: ${faults}`,
    xruns: (xruns: number, lostSamples: number | undefined): string =>
      `${counted(xruns, 'xrun')}${lostSamples === undefined ? '' : ` (${lostSamples} samples lost)`}`,
    lag: (ms: string): string => `lag ${ms} ms`,
    overruns: (ms: string, overruns: number): string => `lag ${ms} ms, ${overruns} overruns`,
  },

  conditions: {
    noise: (snrDb: number): string => `noise at ${snrDb} dB SNR`,
    room: (rt60Ms: number): string => `room of ${rt60Ms} ms`,
    asIs: 'as it is',
    speech: (level: string): string => `speech ${level} dBFS`,
    noiseLevel: (level: string): string => `noise ${level} dBFS`,
  },

  goals: {
    titles: ['dialect', 'latency', 'value', 'goal', ''] as readonly string[],
    noValue: 'no turn has a value',
    missedAbove: 'missed: above every number',
    reached: (ms: string): string => `reached, ${ms} ms to spare`,
    missed: (ms: string): string => `missed by ${ms} ms`,
  },

  shifts: {
    titles: ['outcome', 'measure', 'shift', '95 % interval', 'turns', 'sessions'] as readonly string[],
    against: (candidate: number, reference: number): string => `${candidate} against ${reference}`,
    matter: (against: string, marginMs: number): string => `${against}; ${marginMs} ms matter.`,
    power: (measure: string, turns: number, most: number): string => {
      const beyond = turns > most ? `, more than the ${most} that are asked for` : '';
      return `by the spread of these turns, +100 ms of ${measure} is found in 95 % of cases with ${turns} turns${beyond}`;
    },
  },

  boots: {
    titles: ['boot', 'began by', 'reset cause', 'to app', 'ended by', 'crashes'] as readonly string[],
    causes: bootCauses,
    ordered: (ordered: number): string => `${ordered} ordered`,
    crashesAndOrdered: (crashes: number, ordered: number): string => `${crashes}, and ${ordered} ordered`,
    summary: (boots: number, ordered: number, shown: number | undefined): string =>
      `${boots} boots, ${ordered} by the bench${shown === undefined ? '' : `; the first ${shown} are shown`}`,
  },

  crashes: {
    rom: ' (ROM)',
    noCode: ' (no code)',
    at: (name: string, place: string): string => `${name} at ${place}`,
    count: (count: number, turnIds: readonly string[]): string =>
      turnIds.length === 0
        ? timesInWords(count)
        : `${timesInWords(count)}, in turn${turnIds.length === 1 ? '' : 's'} ${turnIds.join(', ')}`,
    ordered: (turnId: string, message: string): string =>
      `The crash in turn ${turnId} was ordered by its test and is held against nobody: ${message}`,
    watchdog: (warnings: number): string =>
      `The task watchdog warned ${timesInWords(warnings)}; the board went on, and nothing is judged by it.`,
    coreDump: (sizeBytes: number, path: string | undefined, problem: string | undefined): string => {
      const kept = path === undefined ? 'was not kept, as too many came' : `is ${path}`;
      const doubt = problem === undefined ? '' : `; it is not to be relied on: ${problem}`;
      return `A core dump of ${sizeBytes} bytes ${kept}${doubt}. It holds what was in memory, keys included.`;
    },
  },

  system: {
    heap: (samples: number, first: number, last: number, lowest: number): string =>
      `Free internal RAM over ${samples === 1 ? 'one sample' : `${samples} samples`}: ${first} bytes at first, ${last} at last, ${lowest} at least.`,
    idle: (cores: string): string => `Idle at least: ${cores}.`,
    core: (core: number, percent: number): string => `core ${core} ${percent} %`,
    stack: (bytes: number, task: string): string =>
      `Tightest stack: ${bytes} bytes of task ${task} were never used.`,
  },

  network: {
    title: 'Network',
    noneOf: (sent: number): string => `none of ${sent}`,
    lost: (lost: number, sent: number, share: string, longest: number): string =>
      `${lost} of ${sent}${share}, longest run ${longest}`,
    nothingPassed: 'nothing passed',
    delay: (mean: string, max: string): string => `${mean} ms, at most ${max}`,
    overtaken: (n: number): string => `${n} overtaken`,
    twice: (n: number): string => `${n} came twice`,
    noRoom: (n: number): string => `${n} found no room`,
    whileCut: (n: number): string => `${n} while it was cut`,
    noneFound: 'none found',
    missed: (lost: number, ms: string): string => `${lost} lost, ${ms} ms made up`,
    rows: {
      lostUp: 'lost on the way up',
      lostDown: 'lost on the way down',
      delayUp: 'delay up',
      delayDown: 'delay down',
      promptAtProvider: 'prompt at the provider',
      concealed: 'reply concealed',
      end: 'end of the reply',
    },
    inTime: 'in time',
    later: (ms: string): string => `${ms} ms later`,
    earlier: (ms: string): string => `${ms} ms earlier`,
    packetsLost: (n: number): string => `${counted(n, 'packet')} lost`,
    stretches,
    stretch: (kind: string, ms: string): string => `${kind}, ${ms} ms`,
    legend: {
      lost: 'lost by the link',
      concealed: 'concealed in the reply',
      gap: 'gap in the reply',
    },
  },

  header: {
    quarantine: 'In quarantine',
    run: 'run',
    exit: 'exit',
    board: 'Board',
    firmware: 'Firmware',
    notPrinted: 'not printed',
    generation: 'generation',
    dialect: 'Dialect',
    rig: 'Rig',
    calibration: 'Calibration',
    notCalibrated: 'none',
    roundTrip: (ms: string, uncertainty: string): string => `round trip ${ms} ${uncertainty} ms`,
    card: 'Sound card',
    provider: 'Provider',
    scenario: 'Scenario',
    prompts: (n: number): string => `${n} prompts`,
    bench: 'Bench',
    started: 'Started',
    duration: (minutes: number, seconds: number): string =>
      minutes < 2 ? `${minutes * 60 + seconds} s` : `${minutes} min ${seconds} s`,
    conditions: 'Prompts',
    conditionsNote: 'added when they were played',
    faults: 'Faults on',
    faultsNote: 'switched on with --fault',
    skip: 'Skip to the turns',
  },

  tiles: {
    label: 'Key figures',
    median: (measure: string): string => `${measure}, median`,
    p95: (measure: string): string => `${measure}, p95`,
    noValue: 'no turn has a value',
    interval: (lower: string, upper: string): string => `95 % interval ${lower} to ${upper} ms`,
    passed: 'Turns passed',
    of: (judged: number): string => ` of ${judged}`,
    allJudged: 'all turns judged',
    unjudged: (n: number): string => `${n} more not judged`,
    error: 'Measurement error, p95',
    bound: (boundMs: number): string => `against counted truth, bound ${boundMs} ms`,
  },

  latency: {
    title: 'Latency',
    note: (measure: string): string =>
      `${measure}: bars count turns, the line is their cumulative share, the box holds the middle half`,
    alt: (measure: string, n: number): string => `${measure}: distribution over ${n} turns`,
    none: 'No turn has a value.',
    axis: (measure: string): string => `${measure}, ms`,
    bin: (from: number, to: number, count: number, n: number): string =>
      `${from} to ${to} ms: ${count} of ${n} turns`,
    censored: (count: number, n: number): string => `${count} of ${n} turns had no reply before the deadline`,
    noReply: 'no reply',
    budget: (quantile: string, bound: number): string => `budget ${quantile} ${bound}`,
    candidate: 'this run',
    baseline: 'baseline',
    ecdf: (whose: string, n: number): string => `cumulative share of ${n} turns, ${whose}`,
    box: (whose: string, five: readonly string[]): string =>
      `${whose}: 5 % of turns below ${String(five[0])} ms, a quarter below ${String(five[1])}, half below ${String(five[2])}, three quarters below ${String(five[3])}, 95 % below ${String(five[4])}`,
    legend: {
      bars: 'turns of this run',
      ecdf: 'cumulative share of this run',
      baseline: (against: string): string => `cumulative share of ${against}`,
    },
    boxNote: 'Boxes: middle half with the median, whiskers from 5 % to 95 % of turns.',
  },

  breakdown: {
    title: 'Where the time goes',
    alt: 'Breakdown of each turn',
    noNumber: 'no number',
    column: (turnId: string, prompt: string, words: string): string => `${turnId} “${prompt}”: ${words}`,
    part: (measure: string, ms: string): string => `${measure} ${ms} ms`,
  },

  budgets: {
    title: 'Budgets',
    note: 'absolute bounds, judged by 95 % confidence bounds',
    none: 'Held against no budgets: findings alone decide.',
    columns: { outcome: 'outcome', measure: 'measure', value: 'value', budget: 'budget', why: 'why' },
  },

  baseline: {
    title: 'Against the baseline',
    note: 'median differences, with the session as the unit',
  },

  quantiles: {
    title: 'All measures',
    note: 'milliseconds',
    measure: 'measure',
    of: (measure: string): string => `${measure} of`,
    max: 'max',
    noReply: 'no reply',
    notMeasured: 'not measured',
  },

  definitions: {
    title: 'Definitions',
    hostClock: "instants of the host's clock; console lines by the board's own stamps where they are better",
    rigClock: (topology: string): string =>
      `prompts and replies are located in samples of one clock, topology ${topology}`,
    from: (begins: string): string => `from ${begins}`,
    until: (ends: string): string => `to ${ends}`,
  },

  findings: { title: 'Findings', note: (n: number): string => `${n} in this run` },
  crashList: {
    title: 'Crashes',
    note: 'by signature; the same crash of another board or build has the same',
    backtrace: 'Backtrace',
  },
  bootTable: { title: 'Boots' },

  heap: {
    title: 'Free memory',
    note: (samples: number): string => `as the firmware printed it, ${samples} samples`,
    alt: (series: string): string => `Free memory over the run: ${series}`,
    series: (name: string, first: string, last: string, lowest: string): string =>
      `${name} ${first} at first, ${last} at last, ${lowest} at least`,
    internal: 'internal RAM',
    least: 'internal RAM, least since the boot',
    psram: 'PSRAM',
    axis: 'minutes into the run',
    boot: 'boot',
    point: (name: string, at: string, size: string): string => `${name} after ${at} min: ${size}`,
  },

  soak: {
    title: 'Soak',
    note: ({ elapsedMs, plannedMs, pattern }: SoakVerdict): string =>
      `${inMinutes(elapsedMs)} of ${inMinutes(plannedMs)} min, pattern ${pattern}`,
    counted: ({ turns, sessions, boots, unorderedBoots }: SoakVerdict['counts']): string =>
      `Turns: ${turns}. Sessions: ${sessions}. Boots: ${boots}, ${unorderedBoots} of them ordered by nobody.`,
    columns: {
      what: 'what',
      course: 'over the soak',
      first: 'at first',
      last: 'at last',
      slope: 'more per hour',
      bound: 'loss that matters',
      units: { bytes: 'bytes', '%': '%', ms: 'ms' },
    },
    trends: soakTrends,
    interval: (lower: string, upper: string): string => `${lower} to ${upper}`,
    per: { hour: 'an hour', turn: 'a turn' },
    bound: (bytes: number, per: string): string => `${bytes} bytes ${per}`,
    alt: (title: string, least: string, most: string, unit: string): string =>
      `${title} over the soak: ${least} to ${most} ${unit}`,
  },

  survey: {
    title: 'How far it hears',
    note: 'surveys: shown, and neither judged nor counted',
    axes: surveyAxes,
    heardAsSaid: 'heard as said',
    latency: 'voice-to-voice of what was heard, ms',
    nothing: 'nothing was heard and answered',
    alt: (title: string, values: number): string => `${title}: share heard and latency at ${values} values`,
    dot: (value: number, heard: number, n: number, lower: string, upper: string): string =>
      `${value}: ${heard} of ${n} heard, ${lower} to ${upper}`,
    columns: {
      turns: 'turns',
      heard: 'heard',
      bounds: '95 % bounds',
      median: 'median, ms',
      max: 'max, ms',
    },
  },

  turns: {
    title: 'Turns',
    noteSound: 'open one for its timeline, sound and logs',
    noteText: 'open one for its timeline and logs',
    toolbar: 'Which turns to show, and in which order',
    filters: {
      all: 'All',
      fail: 'Failed',
      'not-judged': 'Not judged',
      pass: 'Passed',
    },
    search: 'Find',
    searchHint: 'turn, prompt, call',
    sort: 'Order',
    orders: {
      played: 'as played',
      slowest: 'slowest first',
      fastest: 'fastest first',
      outcome: 'failed first',
      prompt: 'by prompt',
    },
    openAll: 'Open all',
    closeAll: 'Close all',
    shown: (shown: string, all: number): string => `${shown} of ${all} turns shown`,
    columns: {
      turn: 'turn',
      prompt: 'prompt',
      question: 'question',
      heard: 'heard as',
      answer: 'answer',
      calls: 'calls',
      voiceToVoice: 'voice-to-voice, ms',
      toAnswer: 'question to answer, ms',
      parts: 'parts',
      outcome: 'outcome',
    },
    asSaid: 'as said',
  },

  detail: {
    measures: 'Measures, ms',
    marks: 'Marks, ms after the prompt',
    markNames: marks,
    calls: 'Calls',
    sound: 'Sound',
    writing: 'Question and answer',
    parts: 'Where the time goes, ms',
    heard: 'What the rig heard',
    received: 'What the provider received',
    playerOf: (title: string, turnId: string): string => `${title}, ${turnId}`,
    embedded: 'in this page',
    call: 'call',
    asked: 'asked',
    executed: 'executed',
    effect: 'effect',
    took: 'took, ms',
    notAsked: 'not asked',
    noJson: 'no JSON',
    never: 'never',
    hops,
    noCall: 'No call was expected and none was seen.',
    didNotAsk: (names: string): string => `The provider did not ask for ${names}.`,
    silence: 'silence',
    reply: 'reply',
    replyFound: (percent: string, reply: string, level: string, ppm: string): string =>
      `${percent} % of ${reply}, ${level}, drift ${ppm} ppm`,
    replyNotFound: (reply: string, level: string): string => `${reply} not found, ${level}`,
    replyHeard: (level: string, ms: string): string =>
      `speech of unknown wording, ${level}, onset ± ${ms} ms; completeness cannot be judged`,
    replyNotHeard: (reason: string, level: string): string =>
      `no speech heard (${reason}), ${level}; what was sent is not known`,
    replyNotSent: 'none was sent',
    lateReply: 'reply to the interruption',
    prompt: 'prompt',
    witness: (onLoopback: boolean, inRoom: boolean, level: string): string =>
      `${onLoopback ? 'on loopback' : 'not on loopback'}, ${inRoom ? 'in the room' : 'not found in the room'}; provider received ${level}`,
    callTimedByDevice: "timed by the board's own clock",
    callTimedByHost: 'timed by the arrival of its line',
    firstAudio: 'first audio',
    detour: (toCall: string, throughBoard: string, toAudio: string): string =>
      `${toCall} ms to the call, ${throughBoard} ms through the firmware, ${toAudio} ms to the first packet`,
    played: 'played',
    levels: 'levels',
    levelsOf: (loopback: string, floor: string): string => `loopback ${loopback}, noise floor ${floor}`,
    capture: 'capture',
    selfCheck: 'self-check',
    truth: (truth: string, error: string): string => `truth ${truth} ms, error ${error} ms`,
    stopTruth: (truth: string, error: string, uncertainty: string): string =>
      `; barge-in stop: truth ${truth} ms, error ${error} ± ${uncertainty} ms`,
    echo: 'echo re prompt',
    echoBelow: (level: string): string => `below ${level} dB`,
    leaks: ', leaks',
    sent: 'sent',
    printed: 'printed',
    answerIs: 'the answer is',
    tokens: 'tokens',
    orderedWrong: 'ordered to go wrong',
    boardClock: 'clock of the board',
    clockOff: (seconds: string): string => `${seconds} s off`,
    clockNotSet: 'not set',
  },

  quality: {
    rate: 'rate',
    activeLevel: 'active level',
    clipped: 'clipped',
    samples: (n: number): string => `${n} samples`,
    dropouts: 'dropouts',
    repeats: 'repeats',
    skips: 'skips',
    breaks: (count: number, ms: string): string => `${count}, ${ms} ms`,
    cutBeginning: 'cut at the beginning',
    cutEnd: 'cut at the end',
    bandEdge: 'band edge',
    hidden: 'hidden by noise',
    loopbackGain: 'loopback gain',
    crossTalk: 'cross-talk',
    noneFound: 'none found',
  },

  logs: {
    console: (after: string): string => `Console, ${after}`,
    provider: (after: string): string => `Provider, ${after}`,
    nothing: 'Nothing.',
    more: (n: number): string => `${n} more lines are in the run folder`,
    shortened: (characters: number): string => `… ${characters} more characters`,
    packets: (reply: string, packets: number, ms: string): string =>
      `audio-out ${reply}: ${packets} packets, ${ms} ms of sound`,
  },

  timeline: {
    alt: (turnId: string, marksInWords: string): string => `Timeline of ${turnId}: ${marksInWords}`,
    afterPrompt: 'ms after prompt',
    afterQuestion: 'ms after question',
    prompt: 'prompt',
    question: 'question',
    mark: (name: string, ms: string, uncertainty: string): string => `${name} ${ms} ${uncertainty} ms`,
    lanes,
    endpointing: 'endpointing',
    firstAudio: 'first audio',
    leadIn: 'lead-in',
    interruption: 'interruption',
    reply: 'reply',
    total: (ms: string): string => `voice-to-voice ${ms} ms`,
    noReply: (aboveMs: number): string => `no reply within ${aboveMs} ms`,
    spectrogram: (of: string, db: number): string =>
      `Spectrogram of the ${of}, 0 to 8 kHz, the loudest ${db} dB`,
    asks: (call: string): string => `asks ${call}`,
    again: (call: string): string => `${call} again`,
    boot: (cause: string): string => `boot: ${cause}`,
    lines: (n: number): string => counted(n, 'console line'),
    events: (n: number): string => counted(n, 'provider event'),
    boardEvents,
    answerPrinted: 'answer printed',
    answerBrokeOff: 'answer broke off',
    request: 'request',
    textParts,
    textPart: (title: string, ms: string): string => `${title} ${ms} ms`,
  },

  footer: (version: string, runId: string, scenario: string, corpus: string): string =>
    `earshot ${version} · ${runId} · scenario ${scenario} · corpus ${corpus}`,
};

/** The catalogue of a language. */
export type Messages = typeof en;
