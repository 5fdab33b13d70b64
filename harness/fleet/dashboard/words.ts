import type { Held } from '../allowances';
import type { BoardActivity, OrderKind } from '../roll';
import type { Priority } from '../work';
import type { Ordered } from './orders';

/** What the page says. */
export interface Words {
  readonly lang: string;
  readonly title: string;
  readonly otherLanguage: string;
  readonly queues: string;
  readonly asOf: (time: string) => string;
  readonly stale: string;
  readonly tiles: {
    readonly playing: string;
    readonly ofBoards: (boards: number) => string;
    readonly waiting: string;
    readonly benches: string;
    readonly silent: (count: number) => string;
    readonly allHeard: string;
    readonly held: string;
    readonly noneHeld: string;
  };
  readonly priority: Readonly<Record<Priority, string>>;
  readonly activity: Readonly<Record<BoardActivity, string>>;
  readonly order: Readonly<Record<OrderKind | 'cancel' | 'retry', string>>;
  readonly outcome: Readonly<Record<string, string>>;
  readonly benches: string;
  readonly noBenches: string;
  readonly seen: (ago: string) => string;
  readonly wholeBench: string;
  readonly columns: Readonly<
    Record<
      | 'board'
      | 'state'
      | 'priority'
      | 'since'
      | 'plays'
      | 'order'
      | 'job'
      | 'progress'
      | 'firmware'
      | 'verdict'
      | 'turns'
      | 'when'
      | 'report'
      | 'provider'
      | 'atOnce'
      | 'perMinute'
      | 'spent'
      | 'price',
      string
    >
  >;
  readonly jobs: string;
  readonly noJobs: string;
  readonly counts: (done: number, running: number, waiting: number) => string;
  readonly notBefore: (time: string) => string;
  /** Why a job's units wait. */
  readonly held: (held: Held) => string;
  readonly providers: string;
  readonly ofLimit: (used: number | string, limit: number) => string;
  readonly verdicts: string;
  readonly noVerdicts: string;
  readonly report: string;
  readonly elsewhere: string;
  readonly token: string;
  readonly reason: string;
  readonly readOnly: string;
  readonly done: (what: string) => string;
  readonly refused: Readonly<
    Record<Exclude<Ordered, { ok: true }>['why'] | 'token' | 'order', (what: string) => string>
  >;
  readonly unit: Readonly<Record<'s' | 'min' | 'h' | 'd', (count: number) => string>>;
}

const en: Words = {
  lang: 'en',
  title: 'Fleet',
  otherLanguage: '中文',
  queues: 'Queues',
  asOf: (time) => `as of ${time}`,
  stale: 'not refreshed: the dashboard does not answer',
  tiles: {
    playing: 'Boards playing',
    ofBoards: (boards) => `of ${boards}`,
    waiting: 'Units waiting',
    benches: 'Benches',
    silent: (count) => `${count} not heard of`,
    allHeard: 'all heard of',
    held: 'Boards out of work',
    noneHeld: 'none',
  },
  priority: { gate: 'gate', 'pull-request': 'pull request', nightly: 'nightly' },
  activity: {
    idle: 'idle',
    playing: 'playing',
    quarantined: 'quarantined',
    draining: 'draining',
    lost: 'lost',
  },
  order: {
    drain: 'Drain',
    resume: 'Resume',
    quarantine: 'Quarantine',
    release: 'Release',
    cancel: 'Cancel',
    retry: 'Retry',
  },
  outcome: {
    pass: 'passed',
    fail: 'failed',
    inconclusive: 'inconclusive',
    'not-judged': 'not judged',
    aborted: 'aborted',
  },
  benches: 'Benches',
  noBenches: 'No bench has been heard of. Start one with “earshot fleet agent”.',
  seen: (ago) => `heard of ${ago} ago`,
  wholeBench: 'whole bench',
  columns: {
    board: 'Board',
    state: 'State',
    priority: 'Priority',
    since: 'For',
    plays: 'Plays',
    order: 'Order',
    job: 'Job',
    progress: 'Progress',
    firmware: 'Firmware',
    verdict: 'Verdict',
    turns: 'Turns',
    when: 'When',
    report: 'Report',
    provider: 'Provider',
    atOnce: 'Playing',
    perMinute: 'Begun a minute, at most',
    spent: 'Cents today (UTC)',
    price: 'Cents a turn',
  },
  jobs: 'Under way',
  noJobs: 'Nothing waits and nothing is played.',
  counts: (done, running, waiting) => `${done} done, ${running} playing, ${waiting} waiting`,
  notBefore: (time) => `not before ${time}`,
  held: ({ provider, by, used, limit }) =>
    ({
      'at-once': `waits: ${provider} plays ${used} of ${limit} at once`,
      'per-minute': `waits: ${provider} has begun ${used} of ${limit} this minute`,
      'per-day': `waits: ${provider} has spent ${inCents(used)} of ${limit} cents today (UTC)`,
    })[by],
  providers: 'Providers with limits',
  ofLimit: (used, limit) => `${used} of ${limit}`,
  verdicts: 'Recent verdicts',
  noVerdicts: 'No job has ended yet.',
  report: 'report',
  elsewhere: 'on the machine that submitted it',
  token: 'Token',
  reason: 'Reason',
  readOnly: 'Read-only: orders need a dashboard with --token-env.',
  done: (what) => `Ordered: ${what}.`,
  refused: {
    'unknown-bench': (what) => `There is no bench or board ${what}.`,
    'unknown-job': (what) => `There is no job ${what}.`,
    complete: (what) => `Nothing of ${what} is missing; submit the firmware again to play it again.`,
    'under-way': (what) => `${what} is under way; cancel it first.`,
    'not-allowed': () => 'Nothing was ordered: the user that this dashboard asks Redis as may only look.',
    token: () => 'Nothing was ordered: the token is missing or wrong.',
    order: () => 'Nothing was ordered: that is no order.',
  },
  unit: { s: (n) => `${n} s`, min: (n) => `${n} min`, h: (n) => `${n} h`, d: (n) => `${n} d` },
};

const zh: Words = {
  lang: 'zh-CN',
  title: '测试台群',
  otherLanguage: 'English',
  queues: '队列',
  asOf: (time) => `截至 ${time}`,
  stale: '未刷新：看板没有响应',
  tiles: {
    playing: '正在执行的开发板',
    ofBoards: (boards) => `共 ${boards} 块`,
    waiting: '等待中的单元',
    benches: '测试台',
    silent: (count) => `${count} 个失联`,
    allHeard: '全部在线',
    held: '停用的开发板',
    noneHeld: '无',
  },
  priority: { gate: '发布门禁', 'pull-request': '合并请求', nightly: '夜间' },
  activity: { idle: '空闲', playing: '执行中', quarantined: '已隔离', draining: '排空中', lost: '失联' },
  order: {
    drain: '排空',
    resume: '恢复',
    quarantine: '隔离',
    release: '解除隔离',
    cancel: '取消',
    retry: '重试',
  },
  outcome: { pass: '通过', fail: '失败', inconclusive: '无定论', 'not-judged': '未评判', aborted: '已中止' },
  benches: '测试台',
  noBenches: '还没有任何测试台上线。用 “earshot fleet agent” 启动一个。',
  seen: (ago) => `${ago}前有消息`,
  wholeBench: '整个测试台',
  columns: {
    board: '开发板',
    state: '状态',
    priority: '优先级',
    since: '时长',
    plays: '正在执行',
    order: '指令',
    job: '任务',
    progress: '进度',
    firmware: '固件',
    verdict: '结论',
    turns: '轮次',
    when: '时间',
    report: '报告',
    provider: '服务商',
    atOnce: '执行中',
    perMinute: '每分钟最多启动',
    spent: '今日花费（美分，UTC）',
    price: '每轮价格（美分）',
  },
  jobs: '进行中',
  noJobs: '没有等待或执行中的任务。',
  counts: (done, running, waiting) => `完成 ${done}，执行中 ${running}，等待 ${waiting}`,
  notBefore: (time) => `不早于 ${time}`,
  held: ({ provider, by, used, limit }) =>
    ({
      'at-once': `等待：${provider} 同时执行 ${used} 个，上限 ${limit}`,
      'per-minute': `等待：${provider} 本分钟已启动 ${used} 个，上限 ${limit}`,
      'per-day': `等待：${provider} 今日（UTC）已花费 ${inCents(used)} 美分，上限 ${limit}`,
    })[by],
  providers: '有限额的服务商',
  ofLimit: (used, limit) => `${used} / ${limit}`,
  verdicts: '最近结论',
  noVerdicts: '还没有任务结束。',
  report: '报告',
  elsewhere: '在提交任务的机器上',
  token: '令牌',
  reason: '原因',
  readOnly: '只读：要下指令，请用 --token-env 启动看板。',
  done: (what) => `已下达：${what}。`,
  refused: {
    'unknown-bench': (what) => `没有测试台或开发板 ${what}。`,
    'unknown-job': (what) => `没有任务 ${what}。`,
    complete: (what) => `${what} 没有缺失的部分；如需再次执行，请重新提交固件。`,
    'under-way': (what) => `${what} 正在进行；请先取消。`,
    'not-allowed': () => '未下达任何指令：看板所用的 Redis 用户只能查看。',
    token: () => '未下达任何指令：令牌缺失或错误。',
    order: () => '未下达任何指令：这不是有效的指令。',
  },
  unit: { s: (n) => `${n} 秒`, min: (n) => `${n} 分钟`, h: (n) => `${n} 小时`, d: (n) => `${n} 天` },
};

/** Whole cents, or hundredths. */
export const inCents = (cents: number): string => String(Math.round(100 * cents) / 100);

export const words = { en, zh } as const;
export type PageLanguage = keyof typeof words;

const steps = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length of time in its largest whole unit: `4 min`. */
export function ageOf(ms: number, { unit }: Words): string {
  const [name, stepMs] = steps.find(([, step]) => ms >= step) ?? ['s', 1_000];
  return unit[name](Math.max(0, Math.floor(ms / stepMs)));
}
