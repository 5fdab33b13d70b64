import { MASK, maskPieces, maskText, secretFinder } from './secret-spans';

const secret = 'sk-of-the-bench';
const find = secretFinder([secret, 'abc']);
const text = `{"key":"${secret}","note":"schlüssel ${secret}"}`;

it('masks a secret wherever the stream was cut', () => {
  const whole = Buffer.from(text);
  for (let at = 0; at <= whole.length; at += 1) {
    const pieces = maskPieces([whole.subarray(0, at), whole.subarray(at)], find);
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).toString()).toBe(
      `{"key":"${MASK}","note":"schlüssel ${MASK}"}`,
    );
  }
});

it('marks every piece that lost something, and no other', () => {
  const pieces = ['before ', 'sk-of', '-the', '-bench after', ' all'].map((piece) => Buffer.from(piece));
  expect(maskPieces(pieces, find).map(({ bytes, masked }) => [bytes.toString(), masked])).toEqual([
    ['before ', false],
    [MASK, true],
    ['', true],
    [' after', true],
    [' all', false],
  ]);
});

it('masks what JSON names a secret, and ephemeral keys wherever they stand', () => {
  expect(maskText('{"password": "p", "user": "u", "Token":"t"}', find)).toBe(
    `{"password": "${MASK}", "user": "u", "Token":"${MASK}"}`,
  );
  expect(maskText('{"value":"ek_0123456789abcdef","week_end":1}', find)).toBe(
    `{"value":"${MASK}","week_end":1}`,
  );
});

it('masks the secret of an access key, and one with escaped quotes to its end', () => {
  expect(maskText('{"hw_ak_sk":{"access":{"key":"AK"},"secret":{ "key" : "SK"}}}', find)).toBe(
    `{"hw_ak_sk":{"access":{"key":"AK"},"secret":{ "key" : "${MASK}"}}}`,
  );
  expect(maskText(String.raw`{"password":"a\"b\\","name":"n"}`, find)).toBe(
    `{"password":"${MASK}","name":"n"}`,
  );
});

it('leaves words alone that happen to be as short as a careless key', () => {
  expect(maskText('abcdef', find)).toBe('abcdef');
});
