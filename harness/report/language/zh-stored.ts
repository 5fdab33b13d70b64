import { en, type Messages } from './en';

/**
 * Sentences that a run stores in English, beside the same in Chinese. What stands in braces is taken over, and translated where its
 * name says what it is (`translators`). The first that fits counts, so the longer of two with the same beginning stands first.
 */
const sentences: readonly (readonly [english: string, chinese: string])[] = [
  // The verdict's own (harness/verdict/reason.ts).
  [
    'The board failed in {failed} of {judged} judged {turns}: {sentence}.',
    '{judged} 个已判定轮次中有 {failed} 个开发板失败：{sentence}。',
  ],
  ['The board failed: {sentence}.', '开发板失败：{sentence}。'],
  [
    'No turn was judged: the tests that ran play no prompt; {which}',
    '没有判定任何轮次：所运行的测试不播放提示语；latency、conversation 和 function-calls 会播放，文字提问的开发板则用 text-chat。',
  ],
  ['No turn was judged: none of the takes was good.', '没有判定任何轮次：没有一次录音有效。'],
  [
    'Not compared: the baseline and the run have no measure in common.',
    '未比较：基线与本次运行没有共同的指标。',
  ],
  ['Not compared: {whole}', '未比较：{whole}'],
  [
    'Findings against the board come from takes that do not count: {sentence}.',
    '针对开发板的问题来自不计入的录音：{sentence}。',
  ],
  ['More turns are needed: {sentence} (and {n} more).', '需要更多轮次：{sentence}（另有 {n} 项）。'],
  ['More turns are needed: {sentence}.', '需要更多轮次：{sentence}。'],
  ['All {n} judged turns passed{rest}.', '全部 {n} 个已判定轮次通过{passedRest:rest}。'],
  ['The one judged turn passed{rest}.', '唯一的已判定轮次通过{passedRest:rest}。'],
  ['The arguments or the configuration cannot be used.', '参数或配置不可用。'],
  ['The configuration cannot be used: {sentence}.', '配置不可用：{sentence}。'],
  ['The run was interrupted after {n} {turns}.', '运行在 {n} 个轮次后被中断。'],
  [
    'Not judged, the self-check of the measurement missed its bound: p95 error {error}, bound {bound}.',
    '未判定，测量自检超出上限：p95 误差 {error}，上限 {bound}。',
  ],
  [
    'Not judged, the bench or the harness failed: {sentence}.',
    '未判定，测试台或测试框架出现故障：{sentence}。',
  ],
  ['Not judged, the provider failed: {sentence}.', '未判定，语音服务出现故障：{sentence}。'],
  ['{sentence} (and {n} more {findings})', '{sentence}（另有 {n} 个问题）'],
  ['nothing was recorded', '没有任何记录'],

  // A soak (harness/verdict/soak/judge-soak.ts).
  ['A longer soak is needed: {sentence} (and {n} more).', '需要更长的运行：{sentence}（另有 {n} 项）。'],
  ['A longer soak is needed: {sentence}.', '需要更长的运行：{sentence}。'],
  ['{memory}: the firmware printed no sample.', '{memory}：固件没有打印任何采样。'],
  [
    '{memory}: {n} samples behind the warm-up, {fewest} are needed; {bound} bytes per {per} matter.',
    '{memory}：预热之后有 {n} 次采样，需要 {fewest} 次；界限为每{per} {bound} 字节。',
  ],
  [
    '{memory} shrinks by {value} bytes per {per} (95 % interval {lower} to {upper}, {n} samples){drift}; {bound} bytes per {unit} matter.',
    '{memory}每{per}减少 {value} 字节（95 % 区间 {lower} 至 {upper}，{n} 次采样）{drift}；界限为每{per} {bound} 字节。',
  ],

  // Budgets (harness/verdict/budget.ts).
  ['Success rate{boards}: no turn was judged.', '成功率{boards}：没有判定任何轮次。'],
  [
    'Success rate{boards} is {share} ({passed} of {n} turns), every turn has to pass.',
    '成功率{boards}为 {share}（{n} 个轮次中 {passed} 个），要求每个轮次都通过。',
  ],
  [
    'Success rate{boards} is {share} ({passed} of {n} turns, 95 % bounds {lower} to {upper}), budget {bound}: not judged at n = {judged}, {fewest} turns are needed.',
    '成功率{boards}为 {share}（{n} 个轮次中 {passed} 个，95 % 界 {lower} 至 {upper}），预算 {bound}：n = {judged} 时不判定，需要 {fewest} 个轮次。',
  ],
  [
    'Success rate{boards} is {share} ({passed} of {n} turns, 95 % bounds {lower} to {upper}), budget {bound}: more turns are needed.',
    '成功率{boards}为 {share}（{n} 个轮次中 {passed} 个，95 % 界 {lower} 至 {upper}），预算 {bound}：需要更多轮次。',
  ],
  [
    'Success rate{boards} is {share} ({passed} of {n} turns, 95 % bounds {lower} to {upper}), budget {bound}.',
    '成功率{boards}为 {share}（{n} 个轮次中 {passed} 个，95 % 界 {lower} 至 {upper}），预算 {bound}。',
  ],
  ['{quantile} is {value} at n = {n}, limit {bound}.', '{quantile} 为 {value}（n = {n}），上限 {bound}。'],
  ['{quantile}: no turn has a value.', '{quantile}：没有轮次有数值。'],
  ['{quantile}: not judged at n = {n}.', '{quantile}：n = {n} 时不判定。'],
  [
    '{quantile} is {value}, budget {bound}: not judged at n = {n}.',
    '{quantile} 为 {value}，预算 {bound}：n = {n} 时不判定。',
  ],
  [
    '{quantile} is {value} (95 % interval from {value:lower} up, censored turns included, n = {n}), budget {bound}.',
    '{quantile} 为 {value}（95 % 区间从 {value:lower} 起，含未应答的轮次，n = {n}），预算 {bound}。',
  ],
  [
    '{quantile} is {value} (95 % interval {value:lower} to {value:upper}, n = {n}), budget {bound}.',
    '{quantile} 为 {value}（95 % 区间 {value:lower} 至 {value:upper}，n = {n}），预算 {bound}。',
  ],

  // Comparisons (harness/verdict/shift/judge-shifts.ts).
  [
    '{measure} against {reference}: not judged, no prompt was measured in both.',
    '{measure}与{reference}比较：未判定，没有双方都测得的提示语。',
  ],
  [
    '{measure} against {reference}: not judged with the first {n} in {s} against {m} in {r}; {fewest} in {least} each are the fewest.',
    '{measure}与{reference}比较：未判定，前 {count:n}、{count:s}，对方 {count:m}、{count:r}；各至少需要 {count:fewest}、{count:least}。',
  ],
  [
    '{measure} against {reference}: not judged with {n} in {s} against {m} in {r}; {fewest} in {least} each are the fewest.',
    '{measure}与{reference}比较：未判定，{count:n}、{count:s}，对方 {count:m}、{count:r}；各至少需要 {count:fewest}、{count:least}。',
  ],
  [
    '{measure} is {value} against {reference} (95 % interval {value:lower} to {value:upper}, n = {n} against {m}{pairs}), {margin} matter{undecided}.',
    '{measure}与{reference}相比为 {value}（95 % 区间 {value:lower} 至 {value:upper}，n = {n} 对 {m}{pairs}），超过 {margin} 才算有意义{undecided}。',
  ],

  // Findings about turns (harness/measurement/diagnose-*.ts).
  [
    'The microphone is silent: prompt {prompt} was in the room (its bleed is on the speaker channel) and the provider received {level}; speech has {least} dBFS at least.',
    '麦克风无声：提示语 {prompt} 在房间中（扬声器通道上有其串音），服务端收到 {level}；语音至少为 {least} dBFS。',
  ],
  [
    'The microphone is silent: prompt {prompt} was in the room and the provider received {level}; speech has {least} dBFS at least.',
    '麦克风无声：提示语 {prompt} 在房间中，服务端收到 {level}；语音至少为 {least} dBFS。',
  ],
  [
    'Prompt {prompt} was not heard and nothing shows that it was in the room; the provider received {level}.',
    '提示语 {prompt} 未被听到，也没有迹象表明它在房间中；服务端收到 {level}。',
  ],
  [
    'The provider received prompt {prompt} with {level} and took no turn on it.',
    '服务端收到提示语 {prompt}（{level}），但没有作出反应。',
  ],
  ['The provider heard {heard} where {said} was said.', '所说为 {said}，服务端听到的是 {heard}。'],
  [
    'The provider heard {said} and sent neither call nor reply.',
    '服务端听到 {said}，但既未请求调用也未应答。',
  ],
  [
    'The provider asked for {call} and the firmware did not execute it.',
    '服务端请求了 {call}，固件没有执行。',
  ],
  [
    'The firmware executed {call}, which the provider did not ask for.',
    '固件执行了 {call}，服务端并未请求。',
  ],
  [
    'The firmware executed {call} {n} times; the provider asked for it once.',
    '固件执行了 {n} 次 {call}；服务端只请求了一次。',
  ],
  [
    'The firmware executed {call} with {given}; the provider sent {sent}.',
    '固件以 {given} 执行了 {call}；服务端发出的是 {sent}。',
  ],
  ['The firmware reports "{effects}" for {call}.', '固件对 {call} 报告“{effects}”。'],
  [
    'The provider asked for {asked} where the scenario expects {expected}.',
    '服务端请求了 {asked}，而场景期望 {expected}。',
  ],
  [
    'The firmware executed {names} and never sent the output, so no reply followed.',
    '固件执行了 {names}，但从未发回结果，因此没有应答。',
  ],
  [
    'The speaker channel holds {level} dBFS where the reply should be; sound has at least {least} dBFS.',
    '应有应答之处，扬声器通道为 {level} dBFS；有声至少为 {least} dBFS。',
  ],
  [
    'The speaker channel holds sound of {level} dBFS in which the reply cannot be found.',
    '扬声器通道上有 {level} dBFS 的声音，但其中找不到应答。',
  ],
  [
    "The speaker channel holds {share} % of the reply's speech, {ms} ms are missing{parts}; {bound} % have to be there.",
    '扬声器通道上有应答语音的 {share} %，缺少 {ms} ms{parts}；要求达到 {bound} %。',
  ],
  [
    'The board played parts of the reply again: {repeats} of {ms} ms in all.',
    '开发板重复播放了应答的片段：{count:repeats}，共 {ms} ms。',
  ],
  [
    'The reply was played at {ratio} of its rate: a {sent} kHz reply played at {played} kHz.',
    '应答以其速率的 {ratio} 播放：{sent} kHz 的应答按 {played} kHz 播放。',
  ],
  [
    'No speech was heard after the prompt; the speaker channel holds {level} dBFS, and what the provider replied is not known.',
    '提示语之后没有听到语音；扬声器通道为 {level} dBFS，不知道服务端应答了什么。',
  ],
  [
    'The board spoke its reply to the end although prompt {prompt} was said into it and the provider heard it.',
    '尽管提示语 {prompt} 在应答中说出且服务端已听到，开发板仍把应答说完。',
  ],
  [
    "The provider received the board's own reply {where}; a canceller keeps it 30 dB under.",
    '服务端收到了开发板自己的应答（{where}）；回声消除应使其低 30 dB。',
  ],
  ['Board {board} crashed: {what}', '开发板 {board} 崩溃：{what}'],
  ['Board {board} restarted in the middle of the turn: {cause}.', '开发板 {board} 在轮次中途重启：{cause}。'],
  [
    'Prompt {prompt} was not found on the loopback channel, where it has to be.',
    '回环通道上没有找到提示语 {prompt}，它必须在那里。',
  ],
  [
    'There is no capture of the turn in which prompt {prompt} could be found.',
    '该轮次没有能找到提示语 {prompt} 的录音。',
  ],
  [
    'The rig was {ms} ms late; a take may lag by {most} ms.',
    '台架迟到 {ms} ms；一次录音最多可滞后 {most} ms。',
  ],
  ['The rig lost sound in this take: {what}.', '台架在这次录音中丢失了声音：{what}。'],
  ['The provider reported its own error {code}: {message}', '语音服务报告了自身的错误 {code}：{message}'],
  [
    'The provider ended response {id} as {status}; it should be completed.',
    '语音服务以 {status} 结束了响应 {id}；应为 completed。',
  ],
];

/** What stands behind a number of judged turns that passed (`whyPassed`), piece by piece. */
const passedPieces: readonly (readonly [RegExp, (found: string, words: Messages) => string])[] = [
  [/^, (\d+) budgets? held/, (n) => `，${n} 项预算达标`],
  [/^, (\d+) budgets? not judged at this number of turns/, (n) => `，${n} 项预算在此轮次数下不判定`],
  [
    /^, not compared for want of turns: ([^;]+)/,
    (titles, words) =>
      `，${titles
        .split(', ')
        .map((title) => measureInChinese(title, words) ?? title)
        .join(words.list)}因轮次太少未比较`,
  ],
];

type Translate = (text: string, words: Messages) => string;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** `{name}` or `{translator:name}`: its name is the last word, its translator the first. */
const holes = /\{(?:(\w+):)?(\w+)\}/g;

function patternOf(english: string): RegExp {
  const parts = english.split(/(\{[\w:]+\})/);
  const source = parts.map((part) => {
    const [, , name] = /^\{(?:(\w+):)?(\w+)\}$/.exec(part) ?? [];
    return name === undefined ? escaped(part) : `(?<${name}>[\\s\\S]*?)`;
  });
  return new RegExp(`^${source.join('')}$`);
}

const compiled = sentences.map(([english, chinese]) => ({ pattern: patternOf(english), chinese }));

/** The Chinese title of a measure by its English one; with `p95`, `max` or a kind of turns behind it. Undefined: it is none. */
function measureInChinese(text: string, words: Messages): string | undefined {
  for (const [name, { title }] of Object.entries(en.measures)) {
    if (!text.startsWith(title)) continue;
    const rest = /^(?: (p50|p90|p95|max))?(?: of (\w+ turns))?(?: on (.+))?$/.exec(text.slice(title.length));
    if (rest === null) continue;
    const [, quantile, kind, boards] = rest;
    const known = Object.entries(en.kinds).find(([, of]) => of === kind)?.[0];
    const own = words.measures[name as keyof Messages['measures']].title;
    const which = quantile === undefined ? '' : quantile === 'max' ? '最大值' : ` ${quantile}`;
    const of = [
      ...(known === undefined ? [] : [words.kinds[known as keyof Messages['kinds']]]),
      ...(boards === undefined ? [] : [boards.replaceAll(', ', words.list)]),
    ];
    return of.length === 0 ? own + which : `${own}${which}（${of.join('，')}）`;
  }
  return undefined;
}

/** A sentence within another has no full stop of its own. */
function withinSentence(text: string, words: Messages): string {
  const translated = storedInChinese(text, words) ?? storedInChinese(`${text}.`, words);
  return translated?.replace(/。$/, '') ?? text;
}

function passedRest(text: string, words: Messages): string {
  let rest = text;
  let said = '';
  for (const [pattern, inWords] of passedPieces) {
    const found = pattern.exec(rest);
    if (found === null) continue;
    said += inWords(found[1] ?? '', words);
    rest = rest.slice(found[0].length);
  }
  return rest.startsWith('; ') ? `${said}；${withinSentence(rest.slice(2), words)}` : said + rest;
}

/** What a run is held against: `the baseline korvo of 2026-11-21 (openai_demo 1.4.2)`. */
export const titleInChinese = (title: string): string =>
  title
    .replace(/^the baseline (.+) of (\S+) \((.*)\)$/, '基线 $1（$2，$3）')
    .replace('firmware unknown', '固件未知');

/** Why a comparison is open (`describe`), and how many turns would close it. */
const undecided: Translate = (text) =>
  text
    .replace(
      /^: undecided at (\d+) turns, the most that are asked for; /,
      '：到 $1 个轮次仍无定论，已是上限；',
    )
    .replace(/^: undecided, /, '：尚无定论，')
    .replace('nobody can say how many turns decide it', '无法估计需要多少轮次')
    .replace(/needs about (\d+) turns per arm/, '双方各约需 $1 个轮次')
    .replace(/, more than the (\d+) that are asked for/, '，多于所要求的上限 $1')
    .replace(/; looked at again with (\d+)$/, '；到 $1 个轮次时再判定');

const translators: Readonly<Record<string, Translate>> = {
  sentence: withinSentence,
  whole: (text, words) => storedInChinese(text, words) ?? text,
  passedRest,
  measure: (text, words) => measureInChinese(text, words) ?? text,
  quantile: (text, words) => {
    // A bound that a suite set stands behind the name of its test.
    const own = measureInChinese(text, words);
    if (own !== undefined) return own;
    const at = text.lastIndexOf(': ');
    const title = measureInChinese(text.slice(at + 2), words);
    return title === undefined ? text : `${text.slice(0, at)}：${title}`;
  },
  value: (text, words) =>
    text === en.aboveEveryNumber
      ? words.aboveEveryNumber
      : text === en.belowEveryNumber
        ? words.belowEveryNumber
        : text,
  reference: titleInChinese,
  memory: (text, words) =>
    text === en.soak.trends.internal
      ? words.soak.trends.internal
      : text === en.soak.trends.psram
        ? words.soak.trends.psram
        : text,
  per: (text, words) => (text === 'hour' ? words.soak.per.hour : words.soak.per.turn),
  drift: (text) =>
    text
      .replace(', all of it at once: it does not go on', '，全部发生在同一时刻，没有继续')
      .replace(', in some parts of the soak only', '，只在部分时段'),
  boards: (text) => (text === '' ? '' : `（${text.replace(/^ on /, '').replaceAll(', ', '、')}）`),
  pairs: (text) => text.replace(/^ in (\d+) pairs? of blocks$/, '，$1 对区块'),
  undecided,
  count: (text) =>
    text
      .replace(/(\d+) turns?/, '$1 个轮次')
      .replace(/(\d+) sessions?/, '$1 个会话')
      .replace(/(\d+) pairs?/, '$1 对')
      .replace(/(\d+) repeats?/, '$1 处'),
  level: (text) =>
    text === 'nothing' ? '什么也没有' : text.replace(/^sound of (.+) dBFS$/, '$1 dBFS 的声音'),
  heard: (text) =>
    text === 'no speech' ? '没有语音' : text === 'an unknown utterance' ? '未知的话语' : text,
};

/** Whether a sentence about a measure is about one that is known: the patterns with one at their beginning fit other sentences too. */
const isAboutMeasure = (groups: Readonly<Record<string, string>>, words: Messages): boolean => {
  const { measure, quantile } = groups;
  if (measure !== undefined) return measureInChinese(measure, words) !== undefined;
  return quantile === undefined || translators['quantile']?.(quantile, words) !== quantile;
};

/**
 * A sentence that was stored in English, in Chinese; undefined where it is none of those known here. Whatever a board or a provider said
 * within it stays as it is.
 */
export function storedInChinese(sentence: string, words: Messages): string | undefined {
  for (const { pattern, chinese } of compiled) {
    const groups = pattern.exec(sentence)?.groups ?? (pattern.test(sentence) ? {} : undefined);
    if (groups === undefined || !isAboutMeasure(groups, words)) continue;
    return chinese.replace(holes, (_hole, translator: string | undefined, name: string) => {
      const text = groups[name] ?? '';
      return translators[translator ?? name]?.(text, words) ?? text;
    });
  }
  return undefined;
}
