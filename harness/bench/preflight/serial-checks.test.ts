import { openSerialPort } from '../../board';
import { openTestPty } from '../../board/__fixtures__/test-pty';
import { BoardError } from '../../errors';
import { systemClock } from '../../ports';
import { fakeContext, virtualBoard, type FakeContext } from './__fixtures__/fake-context';
import { lock } from './lock';
import { thisMachine } from './machine';
import { permission } from './permission';
import { port } from './port';

const korvo = {
  path: '/dev/ttyUSB7',
  byId: '/dev/serial/by-id/usb-CP2102N-if00-port0',
  vendorId: '10c4',
  productId: 'ea60',
};

const examine = (one: typeof port, options: FakeContext) => one.run(fakeContext(options));

describe('port', () => {
  it('says what is plugged in there', async () => {
    const machine = { serialPorts: () => Promise.resolve([korvo]) };
    expect(await examine(port, { machine })).toEqual({
      state: 'ok',
      seen: '/dev/ttyUSB7: CP210x bridge, as on Korvo-2 and many DevKitCs',
    });
  });

  it('fails where the file is not there, and offers what is', async () => {
    const machine = { device: () => Promise.resolve(undefined), serialPorts: () => Promise.resolve([korvo]) };
    expect(await examine(port, { machine })).toMatchObject({
      state: 'fail',
      seen: '/dev/ttyUSB7 is not there; there are /dev/serial/by-id/usb-CP2102N-if00-port0',
      origin: 'bench',
      code: 'HIL_BOARD_PORT_MISSING',
    });
    const none = { device: () => Promise.resolve(undefined) };
    expect(await examine(port, { machine: none })).toMatchObject({
      seen: '/dev/ttyUSB7 is not there; this machine has no serial ports',
    });
  });

  it('does not look for the port of a server', async () => {
    const parts = { portPath: () => Promise.resolve('rfc2217://pi:2217') };
    for (const one of [port, permission, lock]) {
      expect(await examine(one, { parts })).toMatchObject({ state: 'skipped' });
    }
  });

  it('leaves it to the provider’s own line that a simulated board cannot start without one', async () => {
    const taken = new BoardError('HIL_BOARD_PORT_FAILED', 'taken');
    const parts = { provider: () => Promise.reject(taken) };
    expect(await examine(port, { board: virtualBoard, parts })).toMatchObject({
      state: 'skipped',
      because: 'provider',
    });
  });
});

describe('permission', () => {
  const file = { mode: 'rw-rw----', owner: 'root', group: 'dialout', mayReadAndWrite: false };

  it.each([
    [
      'a user outside the group',
      { groups: ['ada'], listedGroups: [] },
      file,
      '/dev/ttyUSB7 is rw-rw---- root dialout, and ada is in ada',
      'Run `sudo usermod -aG dialout ada` and log in anew, or add the udev rule of docs/serial-ports.md.',
    ],
    [
      'a user who joined it and has not logged in since',
      { groups: ['ada'], listedGroups: ['dialout'] },
      file,
      "/dev/ttyUSB7 is rw-rw---- root dialout, and ada is in ada; the machine's list has ada in dialout, and this login is older",
      'Log out and in again (or run `newgrp dialout`): ada is in dialout from the next login on.',
    ],
    [
      'a port that belongs to root alone',
      { groups: [], listedGroups: [] },
      { ...file, mode: 'rw-------', group: 'root' },
      '/dev/ttyUSB7 is rw------- root root, and ada is in no group',
      'Add the udev rule of docs/serial-ports.md, which gives the port to the group dialout, and join that group.',
    ],
  ])('fails for %s', async (_, groups, device, seen, remedy) => {
    const machine = {
      device: () => Promise.resolve(device),
      account: () => Promise.resolve({ user: 'ada', ...groups }),
    };
    expect(await examine(permission, { machine })).toMatchObject({
      state: 'fail',
      seen,
      remedy,
      origin: 'bench',
    });
  });

  it('tells how it stands where it is granted', async () => {
    expect(await examine(permission, {})).toEqual({
      state: 'ok',
      seen: 'rw-rw---- root dialout, and ada may',
    });
  });
});

describe('lock', () => {
  it('names the program that has the port', async () => {
    const machine = { holderOf: () => Promise.resolve({ pid: 4711, program: 'picocom', isOurs: false }) };
    expect(await examine(lock, { machine })).toMatchObject({
      state: 'fail',
      seen: 'process 4711 (picocom) has /dev/ttyUSB7',
      code: 'HIL_BOARD_PORT_BUSY',
      facts: { holderPid: 4711, program: 'picocom' },
    });
  });

  it('lets the simulated board of this very bench have it', async () => {
    const machine = { holderOf: () => Promise.resolve({ pid: 4711, program: 'node', isOurs: true }) };
    expect(await examine(lock, { machine })).toMatchObject({ state: 'ok' });
  });
});

describe('this machine', () => {
  it('tells of a device file and of the program that has it', async () => {
    const pty = openTestPty();
    try {
      expect(await thisMachine.device(pty.path)).toMatchObject({
        mode: expect.stringMatching(/^rw-[r-][w-]----$/) as string,
        mayReadAndWrite: true,
      });
      // The board at the other end has it open; only a lock keeps others out.
      expect(await thisMachine.holderOf(pty.path)).toBeUndefined();
      const transport = await openSerialPort({ path: pty.path, baudRate: 115_200, clock: systemClock });
      expect(await thisMachine.holderOf(pty.path)).toMatchObject({ pid: process.pid, isOurs: true });
      await transport.close();
    } finally {
      pty.close();
    }
    expect(await thisMachine.device('/dev/ttyUSB99')).toBeUndefined();
  });

  it('knows who it runs for, and how much room there is where a folder is to be', async () => {
    const { user } = await thisMachine.account();
    expect(user).not.toBe('');
    const { folder, freeBytes } = await thisMachine.space('/tmp/no/such/folder/yet');
    expect(folder).toBe('/tmp');
    expect(freeBytes).toBeGreaterThan(0);
  });
});
