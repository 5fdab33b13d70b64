/** What people say near a board that is none of its commands; no sentence shares more than two words in a row with one. */
const english = [
  'The train to London leaves at seven',
  'I forgot my keys on the table again',
  'Could somebody bring the blue umbrella',
  'We are having soup for dinner tonight',
  'She painted the garden fence last week',
  'There is no milk left in the fridge',
  'Dad is watching football in the lounge',
  'Remember to water the plants on Friday',
  'My phone battery is almost empty',
  'The dog wants to go for a walk',
  'Play some quiet music in the bedroom',
  'Set a timer for twenty minutes',
  'Call my sister when you get home',
  'Add bread and butter to the list',
  'Stop the washing machine in an hour',
  'Lower the blinds in the living room',
  'How far away is the nearest station',
  'Wake me at half past six tomorrow',
  'Read the news from this afternoon',
  'What is the capital of Portugal',
  'Open a window it is warm in here',
  'Close your eyes and count to ten',
  'Turn left at the second corner',
  'The kitchen floor needs a good clean',
  'Nobody told us about the meeting',
  'Bring me a glass of cold water',
  'The weather yesterday was terrible',
  'Please pass the salt and pepper',
  'Green apples taste better than red ones',
  'He put the lamp on the shelf upstairs',
];

const chinese = [
  '火车七点从上海出发',
  '我把钥匙忘在桌子上',
  '晚上我们喝鸡汤',
  '冰箱里没有牛奶了',
  '爸爸在客厅看足球',
  '别忘了周五浇花',
  '我的手机快没电了',
  '小狗想出去散步',
  '放一点安静的音乐',
  '定一个二十分钟的闹钟',
  '到家给姐姐打电话',
  '把面包加到清单里',
  '一小时后停止洗衣机',
  '最近的车站有多远',
  '明天六点半叫我起床',
  '读一下今天下午的新闻',
  '葡萄牙的首都是哪里',
  '这里太热开一扇窗户',
  '在第二个路口左转',
  '厨房的地板要打扫',
  '没有人告诉我们开会',
  '请给我一杯冷水',
  '昨天的天气很糟糕',
  '请把盐和胡椒递给我',
  '绿苹果比红苹果好吃',
];

export interface Sentence {
  readonly text: string;
  readonly language: string;
}

export const otherSentences: readonly Sentence[] = [
  ...english.map((text) => ({ text, language: 'en' })),
  ...chinese.map((text) => ({ text, language: 'zh' })),
];
