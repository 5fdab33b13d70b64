import { secretsOf } from './secrets';

describe('secretsOf', () => {
  it('takes the values whose names say that they are secret, the longest first', () => {
    expect(
      secretsOf({
        OPENAI_API_KEY: 'sk-1234567890',
        WIFI_PSK: 'hunter22',
        OTHER_TOKEN: 'hunter22',
        my_password: 'a long pass phrase',
        HUAWEICLOUD_SDK_SK: 'sk of a cloud',
        LAB_WIFI_PWD: 'wifi-pass-phrase',
        PWD: '/home/someone/bench',
        HOME: '/home/someone',
        KEYBOARD: 'qwerty-layout',
        TOKENIZERS_PARALLELISM: 'false-or-true',
      }),
    ).toEqual(['a long pass phrase', 'wifi-pass-phrase', 'sk-1234567890', 'sk of a cloud', 'hunter22']);
  });

  it('leaves out what would mask ordinary text', () => {
    expect(secretsOf({ A_KEY: '1', B_TOKEN: '', C_SECRET: undefined })).toEqual([]);
  });
});
