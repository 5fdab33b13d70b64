import { romBanner } from './boot-log';
import { silence, TestBench, tone } from './testing/bench';
import { ofType } from './testing/tiny-provider';

const registers = Array.from({ length: 6 }, () => String.raw`(?:[A-Z]\w* *: 0x[0-9a-f]{8} {2}){4}\r\n`).join(
  '',
);
const panicBlock = new RegExp(
  String.raw`\r\nGuru Meditation Error: Core {2}[01] panic'ed \(StoreProhibited\)\. Exception was unhandled\.\r\n\r\n` +
    String.raw`Core {2}[01] register dump:\r\n${registers}\r\n\r\n` +
    String.raw`Backtrace: (?:0x[0-9a-f]{8}:0x[0-9a-f]{8} ?)+\r\n\r\n\r\nELF file SHA256: [0-9a-f]{9}\r\n\r\n` +
    String.raw`Entering gdb stub now\.\r\n\$T0b#e6$`,
);

describe('faults', () => {
  let bench: TestBench;
  beforeEach(async () => (bench = await TestBench.open()));
  afterEach(() => bench.close());

  const result = () => bench.provider.messages.next(ofType('conversation.item.create'));

  it('lost-call: nothing happens', async () => {
    await bench.fault('lost-call');
    const sent = bench.provider.messages.all.length;
    const from = bench.terminal.text.length;
    bench.call('OpenDoor', '{"open":true}');
    expect(await bench.printedSince(from)).toBe('');
    const others = bench.provider.messages.all.slice(sent);
    expect(others.filter(({ type }) => type !== 'input_audio_buffer.append')).toEqual([]);
    await bench.fault('lost-call', false);
    bench.call('OpenDoor', '{"open":true}', 'call_2');
    await bench.terminal.expect(/Door is Opened/);
  });

  it('double-call: is executed twice and answered once', async () => {
    await bench.fault('double-call');
    const from = bench.terminal.text.length;
    const answered = result();
    bench.call('SetVolume', '{"volume":44}');
    await answered;
    const printed = await bench.printedSince(from);
    expect(
      printed.match(/Function Call name=SetVolume call_id=call_1 args=\{"volume":44\}\r\n/g),
    ).toHaveLength(2);
    expect(printed.match(/Volume set to 44\r\n/g)).toHaveLength(2);
    expect(printed.match(/function_call_output/g)).toHaveLength(1);

    await bench.fault('double-call', false);
    const later = bench.terminal.text.length;
    bench.call('SetVolume', '{"volume":45}', 'call_2');
    expect((await bench.printedSince(later)).match(/Volume set to 45\r\n/g)).toHaveLength(1);
  });

  it('wrong-argument: prints what was asked and does something else', async () => {
    await bench.fault('wrong-argument');
    const from = bench.terminal.text.length;
    bench.call('SetVolume', '{"volume":44}');
    const printed = await bench.printedSince(from);
    expect(printed).toContain('args={"volume":44}\r\nVolume set to 81\r\n');

    await bench.fault('wrong-argument', false);
    bench.call('SetVolume', '{"volume":44}', 'call_2');
    expect(await bench.printedSince(from)).toContain('args={"volume":44}\r\nVolume set to 44\r\n');
  });

  it('dead-mic: the provider gets digital silence, at once', async () => {
    const loud = Float32Array.from({ length: 48_000 }, (_, n) => 0.5 * Math.sin(n / 10));
    const chunks = () =>
      bench.provider.messages.all
        .filter(ofType('input_audio_buffer.append'))
        .map((message) => Buffer.from(message['audio'] as string, 'base64'));
    await bench.rig.play(loud);
    await bench.printedSince(bench.terminal.text.length);
    expect(
      chunks()
        .at(-1)
        ?.some((byte) => byte !== 0),
    ).toBe(true);
    await bench.fault('dead-mic');
    await bench.rig.play(loud);
    await bench.printedSince(bench.terminal.text.length);
    expect(
      chunks()
        .at(-1)
        ?.every((byte) => byte === 0),
    ).toBe(true);
    await bench.fault('dead-mic', false);
    await bench.rig.play(loud);
    await bench.printedSince(bench.terminal.text.length);
    expect(
      chunks()
        .at(-1)
        ?.some((byte) => byte !== 0),
    ).toBe(true);
  });

  it('dead-speaker: the reply is not heard', async () => {
    await bench.fault('dead-speaker');
    bench.provider.say('item_1', tone(300));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(400));
    expect(bench.rig.speaker.every((sample) => sample === 0)).toBe(true);
    expect(bench.rig.spans).toEqual([]);

    await bench.fault('dead-speaker', false);
    bench.provider.say('item_2', tone(300));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(400));
    expect(bench.rig.speaker.some((sample) => sample !== 0)).toBe(true);
    expect(bench.rig.spans.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(300 * 24);
  });

  it('panic-mid-reply: spares the greeting and dies 300 ms into the first reply after a prompt', async () => {
    await bench.fault('panic-mid-reply');
    bench.provider.say('item_greeting', tone(600));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(800));
    expect(await bench.state()).toMatchObject({ running: true });

    bench.provider.send({ type: 'input_audio_buffer.speech_started', item_id: 'item_u' });
    bench.provider.say('item_reply', tone(2_000));
    await bench.printedSince(bench.terminal.text.length);
    const cut = bench.provider.closes.next();
    await bench.rig.play(silence(600));
    expect(await cut).toBe(1006);
    await bench.terminal.expect(panicBlock);
    const played = bench.rig.spans.filter(({ itemId }) => itemId === 'item_reply');
    const last = played.at(-1)!;
    const playedMs = (last.sourceSample + last.lengthSamples) / 24;
    expect(playedMs).toBeGreaterThanOrEqual(300);
    expect(playedMs).toBeLessThan(312);
    const silentBlocks = bench.rig.heard.slice(-15);
    expect(silentBlocks.every((block) => block.every((sample) => sample === 0))).toBe(true);
    expect(await bench.state()).toMatchObject({ running: false, session: 'none' });

    // It hangs: what is typed is neither echoed nor run, and the next thing on the wire is the ROM.
    bench.terminal.type('help\n');
    await bench.fault('panic-mid-reply', false);
    const from = bench.terminal.text.length;
    await bench.control.ask({ op: 'reset' });
    await bench.terminal.expect(/session\.updated \(tools/, from);
    expect(bench.terminal.text.slice(from)).toMatch(/^ESP-ROM:esp32s3-20210327\r\n/);
  });

  it('panic-mid-reply: spares a reply in which it was switched off', async () => {
    await bench.fault('panic-mid-reply');
    bench.provider.send({ type: 'input_audio_buffer.speech_started', item_id: 'item_u' });
    bench.provider.say('item_reply', tone(600));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(200));
    await bench.fault('panic-mid-reply', false);
    await bench.rig.play(silence(600));
    expect(await bench.state()).toMatchObject({ running: true, session: 'ready' });
    expect(bench.rig.spans.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(600 * 24);
  });

  it('assert: the console command panics the same way', async () => {
    const cut = bench.provider.closes.next();
    bench.terminal.type('assert\n');
    await bench.terminal.expect(panicBlock);
    expect(await cut).toBe(1006);
    expect(bench.terminal.text).toContain('EXCVADDR: 0x00000000  ');
    expect(bench.terminal.text).toContain('EXCCAUSE: 0x0000001d  ');
  });

  let replies = 0;
  /** A reply in the middle of which a fault strikes. */
  async function struckBy(fault: string): Promise<number> {
    await bench.fault(fault);
    const from = bench.terminal.text.length;
    bench.provider.send({ type: 'input_audio_buffer.speech_started', item_id: 'item_u' });
    replies += 1;
    bench.provider.say(`item_reply${replies}`, tone(600));
    await bench.printedSince(from);
    await bench.rig.play(silence(800));
    return from;
  }
  const trace = String.raw`Backtrace: (?:0x[0-9a-f]{8}:0x[0-9a-f]{8} ?)+\r\n\r\n\r\nELF file SHA256: [0-9a-f]{9}\r\n`;

  it.each([
    ['abort', String.raw`\r\nabort\(\) was called at PC 0x4200c83e on core 1\r\n\r\n\r\n`],
    ['stack-overflow', String.raw`\*\*\*ERROR\*\*\* A stack overflow in task player has been detected\.\r\n`],
    [
      'heap-corruption',
      String.raw`CORRUPT HEAP: Bad tail at 0x3fcb1a4c\. .*\r\n\r\nassert failed: multi_heap_free`,
    ],
    [
      'interrupt-watchdog',
      String.raw`Core {2}0 panic'ed \(Interrupt wdt timeout on CPU0\)[^]*Core {2}1 register dump:`,
    ],
    [
      'task-watchdog',
      String.raw`did not reset the watchdog in time[^]*task_wdt: Aborting\.\r\n\r\nabort\(\)`,
    ],
  ])('%s: dies of it in the middle of a reply', async (fault, reason) => {
    const from = await struckBy(fault);
    await bench.terminal.expect(new RegExp(`${reason}[^]*${trace}`), from);
    expect(await bench.state()).toMatchObject({ running: false, session: 'none' });
  });

  it('task-watchdog-warning: says so once, and goes on', async () => {
    const from = await struckBy('task-watchdog-warning');
    await bench.terminal.expect(
      /task_wdt: Print CPU 1 \(current core\) backtrace\r\n\r\n\r\nBacktrace: 0x4200C83B/,
      from,
    );
    await bench.rig.play(silence(400));
    expect(bench.terminal.text.slice(from).match(/did not reset the watchdog/g)).toHaveLength(1);
    expect(bench.rig.spans.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(600 * 24);
  });

  it('memory-leak: has less of it after each reply, and dies of the third', async () => {
    await struckBy('memory-leak');
    const from = bench.terminal.text.length;
    bench.terminal.type('i\n');
    await bench.terminal.expect(/IRam:114684, PSRam:7926852/, from);
    await struckBy('memory-leak');
    await bench.rig.play(silence(400));
    expect(await bench.state()).toMatchObject({ running: true });
    const later = await struckBy('memory-leak');
    await bench.terminal.expect(/Mem alloc fail\. size 0x00000c00 caps 0x00000804\r\n\r\nabort\(\)/, later);
  });

  it('slow-leak: has a little less of it after each reply, and goes on', async () => {
    const from = bench.terminal.text.length;
    await struckBy('slow-leak');
    await bench.rig.play(silence(400));
    bench.terminal.type('i\n');
    await bench.terminal.expect(/IRam:196092, PSRam:7926852/, from);
    expect(await bench.state()).toMatchObject({ running: true });
  });

  it('silent-hang: nothing more is printed, played or sent, and the connection stays', async () => {
    const from = await struckBy('silent-hang');
    const sent = bench.provider.messages.all.length;
    bench.terminal.type('help\n');
    await bench.rig.play(silence(400));
    expect(bench.terminal.text.slice(from)).not.toMatch(/help|panic|abort/);
    expect(bench.provider.messages.all).toHaveLength(sent);
    expect(bench.provider.closes.all).toEqual([]);
    expect(await bench.state()).toMatchObject({ running: false });
    await bench.fault('silent-hang', false);
    await bench.control.ask({ op: 'reset' });
    await bench.terminal.expect(/session\.updated \(tools/, from);
  });

  it('brownout: restarts as ESP-IDF does, by software, again at each first current of the radio', async () => {
    const from = await struckBy('brownout');
    await bench.terminal.expect(/I BOD: Brownout detector was triggered\r\n\r\nESP-ROM/, from);
    await bench.terminal.expect(/(?:rst:0x3 \(RTC_SW_SYS_RST\)[^]*){2}/, from);
    await bench.fault('brownout', false);
    await bench.terminal.expect(/session\.updated \(tools/, from);
  });

  it('boot-loop: aborts as soon as its application runs, and restarts', async () => {
    await bench.fault('boot-loop');
    const from = bench.terminal.text.length;
    await bench.control.ask({ op: 'reset' });
    await bench.terminal.expect(/(?:abort\(\) was called[^]*Rebooting\.\.\.[^]*rst:0xc[^]*){2}/, from);
    await bench.fault('boot-loop', false);
    await bench.terminal.expect(/session\.updated \(tools/, from);
  });

  it('wifi-drop: loses the access point, joins it again and opens a new session', async () => {
    const from = await struckBy('wifi-drop');
    await bench.terminal.expect(/wifi:state: run -> init[^]*got ip:[^]*session\.updated \(tools/, from);
  });

  it('stuck-session: takes no notice of the service, and sends it nothing', async () => {
    await bench.fault('stuck-session');
    const from = bench.terminal.text.length;
    const sent = bench.provider.messages.all.length;
    bench.call('OpenDoor', '{"open":true}');
    await bench.rig.play(silence(400));
    expect(bench.terminal.text.slice(from)).toBe('');
    expect(bench.provider.messages.all).toHaveLength(sent);
    await bench.fault('stuck-session', false);
    bench.call('OpenDoor', '{"open":true}', 'call_2');
    await bench.terminal.expect(/Door is Opened/);
  });

  it('wrong-type: makes text of every argument, and has no use for that', async () => {
    await bench.fault('wrong-type');
    const from = bench.terminal.text.length;
    bench.call('SetVolume', '{"volume":44}');
    expect(await bench.printedSince(from)).toContain(
      'args={"volume":44}\r\nUnhandled attribute type or invalid value for: volume\r\n',
    );
  });

  it('garbled-console: every byte is one that no text holds', async () => {
    await bench.fault('garbled-console');
    const from = bench.terminal.text.length;
    bench.call('OpenDoor', '{"open":true}');
    await bench.terminal.expect(/[^ -~]{40}/, from);
    expect(bench.terminal.text.slice(from)).not.toMatch(/[ -~]/);
  });

  it('cut-reply: 600 ms of every item are heard, the rest never', async () => {
    await bench.fault('cut-reply');
    bench.provider.say('item_1', tone(2_000));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(2_400));
    const played = bench.rig.spans.filter(({ itemId }) => itemId === 'item_1');
    expect(played.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(600 * 24);
    bench.provider.say('item_2', tone(300));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(600));
    const whole = bench.rig.spans.filter(({ itemId }) => itemId === 'item_2');
    expect(whole.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(300 * 24);

    await bench.fault('cut-reply', false);
    bench.provider.say('item_3', tone(900));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(1_200));
    const uncut = bench.rig.spans.filter(({ itemId }) => itemId === 'item_3');
    expect(uncut.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(900 * 24);
  });

  it('stutter: 60 ms of a long reply are played again, and all of it is played', async () => {
    await bench.fault('stutter');
    bench.provider.say('item_1', tone(1_000));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(1_400));
    const played = bench.rig.spans.filter(({ itemId }) => itemId === 'item_1');
    expect(played.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(1_060 * 24);

    await bench.fault('stutter', false);
    bench.provider.say('item_2', tone(1_000));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(1_400));
    const whole = bench.rig.spans.filter(({ itemId }) => itemId === 'item_2');
    expect(whole.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(1_000 * 24);
  });

  it('wrong-rate: a reply takes half as long again, and its truth says at which rate', async () => {
    await bench.fault('wrong-rate');
    bench.provider.say('item_1', tone(600));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(1_200));
    const slow = bench.rig.spans.filter(({ itemId }) => itemId === 'item_1');
    expect(new Set(slow.map(({ sourceRateHz }) => sourceRateHz))).toEqual(new Set([16_000]));
    expect(slow.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(600 * 24);
    const [first, last] = [slow[0]!, slow.at(-1)!];
    const perSample = (last.atLinkSample - first.atLinkSample) / (last.sourceSample - first.sourceSample);
    expect(perSample).toBeCloseTo(3, 3);

    await bench.fault('wrong-rate', false);
    bench.provider.say('item_2', tone(600));
    await bench.printedSince(bench.terminal.text.length);
    await bench.rig.play(silence(1_000));
    const right = bench.rig.spans.filter(({ itemId }) => itemId === 'item_2');
    expect(new Set(right.map(({ sourceRateHz }) => sourceRateHz))).toEqual(new Set([24_000]));
  });

  it('wrong-project: boots under another name from the next reset on', async () => {
    await bench.fault('wrong-project');
    const from = bench.terminal.text.length;
    await bench.control.ask({ op: 'reset' });
    await bench.terminal.expect(/Calling app_main\(\)/, from);
    expect(bench.terminal.text.slice(from)).toMatch(/Project name: {5}openai_demo/);

    await bench.fault('wrong-project', false);
    const later = bench.terminal.text.length;
    await bench.control.ask({ op: 'reset' });
    await bench.terminal.expect(/Calling app_main\(\)/, later);
    expect(bench.terminal.text.slice(later)).toMatch(/Project name: {5}realtime_ws/);
  });

  it('wrong-project: a panic names the ELF file of the boot log, whatever was switched since', async () => {
    const from = bench.terminal.text.length;
    await bench.control.ask({ op: 'reset' });
    await bench.terminal.expect(/session\.updated \(tools/, from);
    const booted = /ELF file SHA256: {2}([0-9a-f]{9})\.\.\./.exec(bench.terminal.text.slice(from))?.[1];
    await bench.fault('wrong-project');
    bench.terminal.type('assert\n');
    await bench.terminal.expect(panicBlock, from);
    expect(/ELF file SHA256: ([0-9a-f]{9})\r/.exec(bench.terminal.text.slice(from))?.[1]).toBe(booted);
  });

  it('no-boot: stops after the ROM banner until a reset without the fault', async () => {
    await bench.fault('no-boot');
    const from = bench.terminal.text.length;
    await bench.control.ask({ op: 'reset' });
    await bench.terminal.expect(/entry 0x403c8928\r\n/, from);
    expect(await bench.state()).toMatchObject({ boot: 3, running: false });
    await bench.fault('no-boot', false);
    await bench.control.ask({ op: 'reset' });
    await bench.terminal.expect(/2nd stage bootloader/, from);
    expect(bench.terminal.text.slice(from).startsWith(romBanner('power-on').repeat(2))).toBe(true);
  });

  it('is on from the start when asked', async () => {
    await bench.close();
    bench = await TestBench.open({ faults: ['lost-call', 'dead-mic'] });
    expect(await bench.state()).toMatchObject({ faults: ['dead-mic', 'lost-call'] });
  });
});
