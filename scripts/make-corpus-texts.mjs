// What the corpus says and who says it; read by make-corpus.mjs. Utterances that differ in one word only (on/off,
// colours, up/down, open/close) are the near misses that recognition has to keep apart.

/** Two voices a language, so that recognition cannot learn one voice; speeds chosen for 1 to 2.2 s a prompt. For
 * Mandarin only `cmn-latn-pinyin` speaks: plain `cmn` of 1.51 reads the pinyin of a character as English letters. */
export const promptVoices = {
  en: [
    { suffix: 'a', voice: 'en-us+f3', wordsPerMinute: 165, pitch: 50 },
    { suffix: 'b', voice: 'en-gb+m3', wordsPerMinute: 180, pitch: 40 },
  ],
  zh: [
    { suffix: 'a', voice: 'cmn-latn-pinyin+f2', wordsPerMinute: 200, pitch: 50 },
    { suffix: 'b', voice: 'cmn-latn-pinyin+m7', wordsPerMinute: 220, pitch: 40 },
  ],
};

/** The board speaks with voices that no prompt has. */
export const replyVoices = {
  en: [{ suffix: 'a', voice: 'en-us+f4', wordsPerMinute: 175, pitch: 60 }],
  zh: [{ suffix: 'a', voice: 'cmn-latn-pinyin+f4', wordsPerMinute: 220, pitch: 60 }],
};

const inLanguage = (language, texts) =>
  Object.entries(texts).map(([name, transcript]) => ({
    utterance: `${language}-${name}`,
    language,
    transcript,
    ...(name === 'off-topic' ? { recognisable: false } : {}),
  }));

export const prompts = [
  ...inLanguage('en', {
    'light-on': 'Please turn on the kitchen light',
    'light-off': 'Please turn off the kitchen light',
    'light-red': 'Make the kitchen light red now',
    'light-green': 'Make the kitchen light green now',
    'light-blue': 'Make the kitchen light blue now',
    'volume-up': 'Turn the volume up a little',
    'volume-down': 'Turn the volume down a little',
    'volume-forty': 'Set the volume to forty percent',
    'door-open': 'Please open the front door for me',
    'door-close': 'Please close the front door for me',
    weather: 'What will the weather be like today',
    time: 'Can you tell me what time it is',
    joke: 'Tell me a funny story about cats',
    greeting: 'Hello there how are you this morning',
    'off-topic': 'My neighbour bought an old yellow bicycle',
  }),
  ...inLanguage('zh', {
    'light-on': '请打开客厅的灯',
    'light-off': '请关闭客厅的灯',
    'light-red': '把客厅的灯变成红色',
    'light-green': '把客厅的灯变成绿色',
    'light-blue': '把客厅的灯变成蓝色',
    'volume-up': '请把声音开大一点',
    'volume-down': '请把声音开小一点',
    'volume-forty': '请把音量设成四十',
    'door-open': '请帮我打开前门',
    'door-close': '请帮我关闭前门',
    weather: '今天的天气怎么样',
    time: '请问现在几点钟了',
    joke: '给我讲一个好笑的故事',
    greeting: '早上好很高兴认识你',
    'off-topic': '邻居买了一辆自行车',
  }),
];

export const replies = [
  ...inLanguage('en', {
    greeting: 'Hello I am glad to hear you',
    'light-is-on': 'The kitchen light is on now',
    'light-is-off': 'The kitchen light is off now',
    'light-is-red': 'The kitchen light is red now',
    'light-is-green': 'The kitchen light is green now',
    'light-is-blue': 'The kitchen light is blue now',
    'volume-is-up': 'The volume is a little higher now',
    'volume-is-down': 'The volume is a little lower now',
    'volume-is-forty': 'The volume is at forty percent now',
    'door-is-open': 'The front door is open now',
    'door-is-closed': 'The front door is closed now',
    weather: 'It will be sunny and warm all day',
    time: 'It is half past nine in the morning',
    joke: 'My cat once ordered a cup of milk',
    sorry: 'Sorry I did not understand you',
  }),
  ...inLanguage('zh', {
    greeting: '你好很高兴为你服务',
    'light-is-on': '客厅的灯已经打开了',
    'light-is-off': '客厅的灯已经关闭了',
    'light-is-red': '客厅的灯现在是红色',
    'light-is-green': '客厅的灯现在是绿色',
    'light-is-blue': '客厅的灯现在是蓝色',
    'volume-is-up': '声音已经开大了一点',
    'volume-is-down': '声音已经开小了一点',
    'volume-is-forty': '音量已经设成四十',
    'door-is-open': '前门已经为您打开',
    'door-is-closed': '前门已经为您关闭',
    weather: '今天全天晴朗温暖',
    time: '现在是早上九点半',
    joke: '一只猫走进来要了一杯牛奶',
    sorry: '对不起我没有听懂',
  }),
];
