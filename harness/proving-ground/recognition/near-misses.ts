/**
 * Sentences of the corpus as slots: a word that stays, or a word and what could stand in its place. Similar sounds are
 * among them on purpose (bats for cats, fourteen for forty, a tone for another).
 */
type Slot = string | readonly [original: string, ...alternatives: string[]];

const english: Readonly<Record<string, readonly Slot[]>> = {
  'light-on': [
    ['Please', 'Peace', 'Police', 'Maybe', 'Then'],
    ['turn', 'burn', 'learn', 'switch', 'tune', 'put'],
    ['on', 'in', 'up', 'down', 'own', 'over'],
    'the',
    ['kitchen', 'chicken', 'bedroom', 'garden', 'kitten', 'hallway', 'bathroom'],
    ['light', 'night', 'fight', 'lamp', 'fan', 'white', 'like', 'late'],
  ],
  'light-off': [
    ['Please', 'Peace', 'Police', 'Never', 'Now'],
    ['turn', 'burn', 'push', 'switch', 'torn', 'take'],
    ['off', 'up', 'out', 'of', 'down', 'over'],
    'the',
    ['kitchen', 'chicken', 'bedroom', 'cellar', 'mission', 'garage', 'office'],
    ['light', 'right', 'sight', 'lamp', 'heat', 'line', 'lied', 'lights'],
  ],
  'light-red': [
    ['Make', 'Take', 'Bake', 'Wake', 'Paint', 'Mark'],
    'the',
    ['kitchen', 'chicken', 'bedroom', 'garden', 'kitten', 'landing'],
    ['light', 'night', 'lamp', 'wall', 'kite', 'lime'],
    ['red', 'bed', 'rod', 'white', 'read', 'ready', 'dead', 'pink', 'rent', 'orange'],
    ['now', 'no', 'how', 'then', 'not', 'soon', 'down'],
  ],
  'light-green': [
    ['Make', 'Take', 'Lake', 'Shake', 'Keep', 'Made'],
    'the',
    ['kitchen', 'chicken', 'bedroom', 'garden', 'pigeon', 'corner'],
    ['light', 'knight', 'door', 'bike', 'life', 'height'],
    ['green', 'grain', 'mean', 'clean', 'greet', 'yellow', 'queen', 'grey', 'dream', 'grow'],
    ['now', 'new', 'cow', 'again', 'nine', 'noun'],
  ],
  'light-blue': [
    ['Make', 'Fake', 'Take', 'Break', 'Mate', 'Let'],
    'the',
    ['kitchen', 'chicken', 'bedroom', 'garden', 'attic', 'kingdom'],
    ['light', 'might', 'lamp', 'floor', 'lice', 'flight'],
    ['blue', 'brew', 'glue', 'blow', 'true', 'black', 'shoe', 'purple', 'bloom', 'two'],
    ['now', 'vow', 'know', 'please', 'loud', 'noon'],
  ],
  'volume-up': [
    ['Turn', 'Burn', 'Move', 'Take', 'Learn', 'Tone'],
    'the',
    ['volume', 'column', 'heating', 'value', 'music', 'brightness'],
    ['up', 'on', 'off', 'cup', 'out', 'at'],
    'a',
    ['little', 'bottle', 'lot', 'bit', 'litter', 'middle'],
  ],
  'volume-down': [
    ['Turn', 'Term', 'Hold', 'Bring', 'Ten', 'Tune'],
    'the',
    ['volume', 'album', 'heater', 'vacuum', 'tempo', 'volcano'],
    ['down', 'town', 'on', 'off', 'done', 'gown', 'dawn'],
    'a',
    ['little', 'kettle', 'level', 'bit', 'riddle', 'lady'],
  ],
  'volume-forty': [
    ['Set', 'Sat', 'Let', 'Get', 'Bet', 'Sell'],
    'the',
    ['volume', 'column', 'heating', 'value', 'timer', 'light'],
    'to',
    ['forty', 'fourteen', 'fifty', 'thirty', 'four', 'fifteen', 'sixty', 'forties', 'naughty', 'fourty-one'],
    ['percent', 'person', 'degrees', 'minutes', 'present', 'per cents'],
  ],
  'door-open': [
    ['Please', 'Peas', 'Press', 'Never', 'Do'],
    ['open', 'often', 'lock', 'token', 'opened', 'oven', 'paint', 'hoping'],
    'the',
    ['front', 'back', 'trunk', 'side', 'font', 'blunt', 'hunt'],
    ['door', 'floor', 'four', 'drawer', 'gate', 'doll', 'store'],
    ['for', 'with', 'from', 'to', 'behind'],
    ['me', 'we', 'him', 'my', 'knee', 'them', 'tea'],
  ],
  'door-close': [
    ['Please', 'Peace', 'Plus', 'Always', 'Pleased'],
    ['close', 'clothes', 'clove', 'lock', 'chose', 'cloud', 'hose', 'closed'],
    'the',
    ['front', 'back', 'grunt', 'side', 'fronts', 'flat', 'stunt'],
    ['door', 'more', 'shore', 'window', 'gate', 'dog', 'doors'],
    ['for', 'near', 'of', 'far', 'by'],
    ['me', 'be', 'her', 'may', 'knee', 'us', 'see'],
  ],
  weather: [
    ['What', 'Want', 'Watt', 'Where', 'How', 'Why'],
    ['will', 'would', 'well', 'did', 'wall', 'bill'],
    'the',
    ['weather', 'feather', 'leather', 'water', 'traffic', 'whether', 'wetter'],
    ['be', 'bee', 'see', 'been', 'do', 'pea'],
    ['like', 'light', 'bike', 'lake', 'look', 'lack'],
    ['today', 'tonight', 'tomorrow', 'to die', 'Monday', 'to say'],
  ],
  time: [
    ['Can', 'Could', 'Ken', 'Pan', 'Will', 'Cat'],
    ['you', 'they', 'who', 'we', 'he'],
    ['tell', 'sell', 'ask', 'show', 'till', 'bell'],
    ['me', 'him', 'my', 'them', 'Lee'],
    ['what', 'that', 'which', 'whose', 'hot'],
    ['time', 'dime', 'day', 'thyme', 'lime', 'type', 'tide', 'team'],
    ['it', 'he', 'that', 'at', 'this'],
    ['is', 'was', 'as', 'hits', 'if'],
  ],
  joke: [
    ['Tell', 'Sell', 'Send', 'Bell', 'Till', 'Read'],
    ['me', 'him', 'my', 'them', 'we'],
    'a',
    ['funny', 'sunny', 'money', 'short', 'honey', 'fanny', 'bunny'],
    ['story', 'glory', 'song', 'sorry', 'starry', 'stories'],
    ['about', 'without', 'of', 'around', 'above'],
    ['cats', 'bats', 'dogs', 'caps', 'hats', 'cuts', 'cat', 'cards', 'rats', 'kites'],
  ],
  greeting: [
    ['Hello', 'Yellow', 'Below', 'Fellow', 'Hallow', 'Jelly'],
    ['there', 'dare', 'bear', 'here', 'their son', 'then'],
    ['how', 'who', 'now', 'where', 'cow'],
    ['are', 'were', 'or', 'far', 'is'],
    ['you', 'they', 'new', 'we', 'your'],
    ['this', 'that', 'his', 'these', 'next'],
    ['morning', 'evening', 'warning', 'mourners', 'evenings', 'moaning', 'mooring'],
  ],
};

const chinese: Readonly<Record<string, readonly Slot[]>> = {
  'light-on': [
    ['请', '情', '清', '轻', '先'],
    ['打', '大', '搭', '达', '拉', '把'],
    ['开', '凯', '概', '来', '菜', '孩'],
    ['客厅', '卧室', '厨房', '可听', '客人', '餐厅', '客停'],
    '的',
    ['灯', '等', '邓', '门', '登高', '钟', '风', '冷'],
  ],
  'light-off': [
    ['请', '庆', '清', '亲', '想'],
    ['关', '管', '惯', '宽', '贯', '光', '官'],
    ['闭', '笔', '鼻', '逼', '地', '气'],
    ['客厅', '卧室', '书房', '客听', '大厅', '刻停', '课堂'],
    '的',
    ['灯', '等', '邓', '窗', '声', '电', '动'],
  ],
  'light-red': [
    ['把', '爸', '八', '拔', '打'],
    ['客厅', '卧室', '厨房', '克听', '阳台', '客人'],
    '的',
    ['灯', '等', '邓', '墙', '花', '风'],
    ['变', '边', '扁', '便宜', '电', '见', '天'],
    ['成', '称', '城里', '陈', '上'],
    ['红', '哄', '轰', '黄', '粉', '横', '龙', '虹口', '动'],
    ['色', '瑟瑟', '社', '绳', '车', '萨'],
  ],
  'light-green': [
    ['把', '霸', '八', '怕', '那'],
    ['客厅', '卧室', '走廊', '可停', '门厅', '刻听'],
    '的',
    ['灯', '等', '凳', '天', '钟', '疼'],
    ['变', '鞭', '扁', '面', '便', '选', '片'],
    ['成', '撑', '秤', '从', '陈'],
    ['绿', '驴', '吕', '路', '褐', '紫', '女', '力', '去'],
    ['色', '涩涩', '蛇', '声', '热', '扫'],
  ],
  'light-blue': [
    ['把', '罢', '扒', '爬', '给'],
    ['客厅', '卧室', '车库', '课听', '花园', '壳听'],
    '的',
    ['灯', '等', '瞪', '台', '冬', '登'],
    ['变', '编', '匾', '先', '慢', '点'],
    ['成', '逞', '程序', '层', '常'],
    ['蓝', '懒', '烂', '南', '兰花', '难', '白', '来', '黑'],
    ['色', '塞', '设', '思', '这', '伞'],
  ],
  'volume-up': [
    ['请', '青', '晴', '快', '听'],
    ['把', '爸', '八', '打', '拔'],
    ['声音', '音乐', '生意', '身影', '声名', '灯光'],
    ['开', '凯', '概', '调', '来'],
    ['大', '打', '搭', '达', '高', '下', '他'],
    ['一点', '一天', '一半', '一电', '一面', '有点'],
  ],
  'volume-down': [
    ['请', '庆', '轻', '再', '您'],
    ['把', '霸', '扒', '拿', '爬'],
    ['声音', '音量', '身影', '省心', '圣音', '空调'],
    ['开', '凯', '该', '调', '盖'],
    ['小', '笑', '消', '少', '低', '晓得', '叫', '巧'],
    ['一点', '一店', '一片', '一年', '一边', '几点'],
  ],
  'volume-forty': [
    ['请', '情', '清', '别', '进'],
    ['把', '八', '爸', '打', '让'],
    ['音量', '音乐', '银两', '因凉', '声音', '亮度', '应该'],
    ['设', '蛇', '社', '射', '升', '热', '舍'],
    ['成', '称', '陈', '到', '城'],
    ['四十', '十四', '五十', '三十', '四时', '七十', '是十', '死时', '四个', '四是'],
  ],
  'door-open': [
    ['请', '庆', '清', '亲', '您'],
    ['帮', '棒', '绑', '方', '让', '当'],
    ['我', '他', '你', '握', '窝', '国'],
    ['打', '大', '搭', '拉', '踏'],
    ['开', '凯', '概', '干', '太'],
    ['前', '后', '钱', '欠', '浅', '天', '侧', '千'],
    ['门', '们', '闷', '面', '人', '墙'],
  ],
  'door-close': [
    ['请', '情', '轻', '先', '并'],
    ['帮', '棒', '榜', '忙', '跟', '胖'],
    ['我', '她', '你', '窝', '卧', '或'],
    ['关', '管', '惯', '光', '换', '宽', '观'],
    ['闭', '笔', '鼻', '逼', '地', '不'],
    ['前', '后', '欠', '浅', '旁', '千', '连', '强'],
    ['门', '闷', '们', '明', '房', '灯'],
  ],
  weather: [
    ['今天', '明天', '昨天', '金店', '今年', '近点', '青天'],
    '的',
    ['天气', '天机', '心情', '田七', '甜味', '电器', '空气', '天际'],
    ['怎么', '什么', '这么', '怎能', '真么'],
    ['样', '羊', '养', '洋', '办', '上', '让'],
  ],
  time: [
    ['请', '情', '清', '轻', '想'],
    ['问', '闻', '文', '温', '认', '吻'],
    ['现在', '先在', '线在', '现实', '咸菜', '此刻', '显摆'],
    ['几', '及', '急', '机', '七', '挤', '起'],
    ['点', '电', '天', '典', '店', '年'],
    ['钟', '种', '中', '众', '站', '冲', '灯'],
    ['了', '呢', '吧', '吗', '啦'],
  ],
  joke: [
    ['给', '被', '归', '得', '对'],
    ['我', '他', '你', '握', '窝'],
    ['讲', '江', '酱', '想', '写', '抢'],
    ['一个', '一刻', '两个', '一颗', '这个', '以个'],
    ['好笑', '好小', '好消', '好巧', '可笑', '号啸', '好叫'],
    '的',
    ['故事', '古诗', '歌词', '估计', '谷子', '顾客', '故意', '国事'],
  ],
  greeting: [
    ['早上', '晚上', '早晨', '找伤', '枣上', '造上'],
    ['好', '号', '毫', '薅', '高', '到'],
    ['很', '恨', '横', '真', '狠心', '跟'],
    ['高兴', '高新', '搞笑', '告型', '高星', '开心'],
    ['认识', '任事', '仍是', '人士', '认为', '忍受'],
    ['你', '您', '泥', '腻', '他', '里'],
  ],
};

/** One sentence with one word replaced. */
export interface NearMiss {
  readonly text: string;
  readonly language: string;
  /** The utterance of the corpus that it comes near to. */
  readonly utterance: string;
  /** What replaces what: `bats for cats`. */
  readonly change: string;
  /** Number of the replacement within its slot, from 0. */
  readonly alternative: number;
}

const wordOf = (slot: Slot): string => (typeof slot === 'string' ? slot : slot[0]);

function nearMissesIn(
  language: string,
  separator: string,
  sentences: Readonly<Record<string, readonly Slot[]>>,
): NearMiss[] {
  return Object.entries(sentences).flatMap(([name, slots]) =>
    slots.flatMap((slot, at) =>
      (typeof slot === 'string' ? [] : slot.slice(1)).map((word, alternative) => ({
        text: slots.map((other, index) => (index === at ? word : wordOf(other))).join(separator),
        language,
        utterance: `${language}-${name}`,
        change: `${word} for ${wordOf(slot)}`,
        alternative,
      })),
    ),
  );
}

/** Every sentence of the corpus with each of its content words replaced in turn; sentences of the corpus are not among them. */
export function nearMisses(corpusTexts: ReadonlySet<string>): readonly NearMiss[] {
  return [...nearMissesIn('en', ' ', english), ...nearMissesIn('zh', '', chinese)].filter(
    ({ text }) => !corpusTexts.has(text),
  );
}
