import { systemClock } from '../../ports';
import { scenario, smallCorpus } from '../__fixtures__/small-corpus';
import { openMock } from './open-mock';

const options = { scenario, corpus: smallCorpus(), clock: systemClock };

it.each(['0.0.0.0', '::', '192.168.7.1'])('does not listen on %s without a key', async (host) => {
  for (const credentials of [undefined, { apiKey: '' }])
    await expect(
      openMock('deepseek', { ...options, host, ...(credentials && { credentials }) }),
    ).rejects.toMatchObject({ code: 'HIL_PROVIDER_OPEN_TO_ALL' });
});

it('listens anywhere with a key, which it asks for', async () => {
  const mock = await openMock('deepseek', { ...options, host: '0.0.0.0', credentials: { apiKey: 'sk-own' } });
  try {
    const models = mock.url.replace('0.0.0.0', '127.0.0.1').replace('chat/completions', 'models');
    const ask = async (key: string): Promise<number> =>
      (await fetch(models, { headers: { authorization: `Bearer ${key}` } })).status;
    await expect(ask('sk-own')).resolves.toBe(200);
    await expect(ask('sk-other')).resolves.toBe(401);
  } finally {
    await mock.close();
  }
});
