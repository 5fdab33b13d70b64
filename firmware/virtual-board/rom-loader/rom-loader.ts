import type { BoardClock, Cancel } from '../board-clock';
import type { FaultSwitches } from '../faults';
import { ChipRegisters } from './chip-registers';
import { DeflatedDownload, PlainDownload, type Download } from './download';
import type { FlashMemory } from './flash-memory';
import { FlashReading } from './flash-reading';
import { LoaderFault } from './loader-fault';
import { SlipReader, slipFrame } from './slip';
import { UploadedCode } from './uploaded-code';

/** Commands of ROM and stub; device.md 5.2. */
const op = {
  flashBegin: 0x02,
  flashData: 0x03,
  flashEnd: 0x04,
  memBegin: 0x05,
  memEnd: 0x06,
  memData: 0x07,
  sync: 0x08,
  writeRegister: 0x09,
  readRegister: 0x0a,
  spiSetParameters: 0x0b,
  spiAttach: 0x0d,
  readFlashSlow: 0x0e,
  changeBaud: 0x0f,
  deflateBegin: 0x10,
  deflateData: 0x11,
  deflateEnd: 0x12,
  md5: 0x13,
  securityInfo: 0x14,
  eraseFlash: 0xd0,
  eraseRegion: 0xd1,
  readFlash: 0xd2,
  runUserCode: 0xd3,
} as const;
/** Names of those that carry data with a checksum: length, number and two zeros come before it. */
const DATA_HEADER_BYTES = 16;
const CHECKSUM_SEED = 0xef;
/** A stub block of 16 KiB with both headers is the longest that any flasher sends. */
const FRAME_LIMIT_BYTES = 0x4000 + 0x100;
const HEADER_BYTES = 8;
/** What the ROM answers a SYNC with; a stub that is already running answers 0. */
const ROM_SYNC_VALUE = 0x20120707;
const SYNC_REPLIES = 8;
const SLOW_READ_BYTES = 64;
const STUB_GREETING = Buffer.from('OHAI');
/** `esp_chip_id_t` of the S3. */
const CHIP_ID = 9;
export const ROM_BAUD = 115_200;

/** How the faults of docs/virtual-board.md strike. */
const LOST_REPLY_EACH = 20;
const SLOW_ERASE_MS = 2000;
const NOISY_SYNCS = 2;
const NOISE = 'ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n\xff\xfe';
const WORST_GOOD_BAUD = 460_800;
/** The block over which the port goes away: in the middle of a region. */
const REENUMERATES_AT_BLOCK = 5;

/** Why a loader lets the chip go. */
export type LoaderExit = 'watchdog' | 'flash-end';

export interface RomLoaderParts {
  readonly flash: FlashMemory;
  readonly faults: FaultSwitches;
  readonly clock: BoardClock;
  readonly send: (bytes: Buffer) => void;
  /** Takes effect once what was sent has left. */
  readonly setBaudRate: (baudRate: number) => void;
  /** The port goes away and comes back. */
  readonly reenumerate: () => void;
  /** The chip restarts into what its straps say. */
  readonly restart: (exit: LoaderExit) => void;
}

interface Command {
  readonly op: number;
  readonly checksum: number;
  readonly data: Buffer;
}

/** What a command answers beside its status. */
interface Answer {
  readonly value?: number;
  readonly data?: Buffer;
}

/**
 * The loader of the ESP32-S3 as a flasher sees it: the ROM's, until a stub was uploaded and started, and then the stub's. It
 * is as strict as the chip: nothing unframed, checksums verified, code that was not uploaded is not run.
 */
export class RomLoader {
  private readonly frames = new SlipReader(FRAME_LIMIT_BYTES);
  private readonly registers: ChipRegisters;
  private readonly code = new UploadedCode();
  private loader: 'rom' | 'stub' = 'rom';
  private download: Download | undefined;
  private reading: FlashReading | undefined;
  private isFlashAttached = false;
  private baudRate = ROM_BAUD;
  /** Of which some are lost. */
  private fastReplies = 0;
  private syncsHeard = 0;
  private blocksTaken = 0;
  private isOver = false;
  private waiting: Cancel | undefined;
  /** Commands are carried out one after the other, as they arrived. */
  private busy: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RomLoaderParts) {
    this.registers = new ChipRegisters(parts.flash.sizeBytes, () => this.leave('watchdog'));
  }

  /** What came over the console's port. */
  receive(bytes: Uint8Array): void {
    for (const frame of this.frames.push(bytes)) this.busy = this.busy.then(() => this.take(frame));
  }

  /** Reset or power off: nothing more is sent or written. */
  close(): void {
    this.isOver = true;
    this.waiting?.();
    this.download?.close();
  }

  private async take(frame: Buffer): Promise<void> {
    if (this.isOver) return;
    if (this.reading !== undefined) {
      this.reading.take(frame);
      if (this.reading.isOver) this.reading = undefined;
      return;
    }
    // Anything else than a request is what a terminal sent.
    if (frame.length < HEADER_BYTES || frame[0] !== 0) return;
    const command: Command = {
      op: frame.readUInt8(1),
      checksum: frame.readUInt32LE(4),
      data: frame.subarray(HEADER_BYTES),
    };
    try {
      if (frame.readUInt16LE(2) !== command.data.length) throw new LoaderFault('invalid-message');
      await this.carryOut(command);
    } catch (cause) {
      if (!(cause instanceof LoaderFault)) throw cause;
      this.reply(command.op, {}, cause);
    }
  }

  private async carryOut(command: Command): Promise<void> {
    const { data } = command;
    switch (command.op) {
      case op.sync:
        this.sync();
        return;
      case op.memEnd:
        this.startCode(data);
        return;
      case op.changeBaud:
        this.reply(op.changeBaud);
        this.baudRate = word(data, 0);
        this.parts.setBaudRate(this.baudRate);
        return;
      case op.flashBegin:
      case op.deflateBegin:
      case op.eraseFlash:
      case op.eraseRegion:
        await this.erased();
        break;
      case op.runUserCode:
        if (this.loader === 'stub') {
          this.leave('flash-end');
          return;
        }
        break;
    }
    const answer = await this.answer(command);
    if (command.op === op.flashData || command.op === op.deflateData) this.loseSight();
    this.reply(command.op, answer);
    if (command.op === op.readFlash) this.reading?.begin();
    const isEnd = command.op === op.flashEnd || command.op === op.deflateEnd;
    if (isEnd && word(data, 0) === 0) this.leave('flash-end');
  }

  private answer(command: Command): Answer | Promise<Answer> {
    const { data } = command;
    switch (command.op) {
      case op.readRegister:
        return { value: this.registers.read(word(data, 0)) };
      case op.writeRegister:
        for (let at = 0; at + 16 <= data.length; at += 16)
          this.registers.write(word(data, at), word(data, at + 4), word(data, at + 8));
        return {};
      case op.securityInfo:
        return { data: securityInfo(this.parts.faults.has('loader-encrypted')) };
      case op.spiAttach:
        this.isFlashAttached = true;
        return {};
      case op.spiSetParameters:
        return {};
      case op.memBegin:
        this.code.begin(word(data, 0), word(data, 12));
        return {};
      case op.memData:
        this.code.take(payloadOf(command));
        return {};
      default:
        return this.flashAnswer(command);
    }
  }

  private flashAnswer(command: Command): Answer | Promise<Answer> {
    const { data } = command;
    const { flash } = this.parts;
    const isStub = this.loader === 'stub';
    switch (command.op) {
      case op.flashBegin:
      case op.deflateBegin: {
        this.needFlash();
        const [sizeBytes, blocks, blockBytes, at] = [
          word(data, 0),
          word(data, 4),
          word(data, 8),
          word(data, 12),
        ];
        this.checkRange(at, sizeBytes);
        flash.erase(at, sizeBytes);
        this.download?.close();
        this.download =
          command.op === op.deflateBegin
            ? new DeflatedDownload(flash, at, sizeBytes)
            : new PlainDownload(flash, at, blocks * blockBytes);
        return {};
      }
      case op.flashData:
      case op.deflateData: {
        const block = payloadOf(command);
        if (this.download === undefined) throw new LoaderFault('not-begun');
        return this.download.push(block).then(() => ({}));
      }
      case op.flashEnd:
      case op.deflateEnd:
        this.download?.close();
        this.download = undefined;
        return {};
      case op.md5: {
        this.needFlash();
        this.checkRange(word(data, 0), word(data, 4));
        const digest = flash.md5(word(data, 0), word(data, 4));
        if (this.parts.faults.has('loader-bad-md5')) digest.writeUInt8(digest.readUInt8() ^ 1);
        return { data: isStub ? digest : Buffer.from(digest.toString('hex')) };
      }
      case op.readFlashSlow:
        this.needFlash();
        if (isStub) throw new LoaderFault('no-such-command');
        return { data: flash.read(word(data, 0), SLOW_READ_BYTES) };
    }
    if (!isStub) throw new LoaderFault('no-such-command');
    switch (command.op) {
      case op.eraseFlash:
        flash.erase(0, flash.sizeBytes);
        return {};
      case op.eraseRegion:
        this.checkRange(word(data, 0), word(data, 4));
        flash.erase(word(data, 0), word(data, 4));
        return {};
      case op.readFlash:
        this.checkRange(word(data, 0), word(data, 4));
        this.reading = new FlashReading(flash, word(data, 0), word(data, 4), word(data, 8), (payload) =>
          this.sendFrame(payload),
        );
        return {};
      default:
        throw new LoaderFault('no-such-command');
    }
  }

  /** The fault strikes once: the reply to a block has nobody to go to. */
  private loseSight(): void {
    const { faults, reenumerate } = this.parts;
    this.blocksTaken++;
    if (this.blocksTaken !== REENUMERATES_AT_BLOCK || !faults.has('loader-reenumerates')) return;
    faults.set('loader-reenumerates', false);
    reenumerate();
  }

  private sync(): void {
    this.syncsHeard++;
    if (this.parts.faults.has('loader-noise') && this.syncsHeard <= NOISY_SYNCS)
      this.parts.send(Buffer.from(NOISE, 'latin1'));
    const value = this.loader === 'rom' ? ROM_SYNC_VALUE : 0;
    for (let count = 0; count < SYNC_REPLIES; count++) this.reply(op.sync, { value });
  }

  private startCode(data: Buffer): void {
    const [stays, entry] = [word(data, 0) !== 0, word(data, 4)];
    this.reply(op.memEnd);
    if (stays) return;
    // What is not there cannot be run: the chip hangs, and answers nothing any more.
    if (!this.code.holds(entry)) {
      this.isOver = true;
      return;
    }
    this.loader = 'stub';
    this.sendFrame(STUB_GREETING);
  }

  /** The ROM reaches the flash only once SPI_ATTACH said over which pins; the stub sees to that itself. */
  private needFlash(): void {
    if (this.loader === 'rom' && !this.isFlashAttached) throw new LoaderFault('failed');
  }

  private checkRange(at: number, lengthBytes: number): void {
    if (at + lengthBytes > this.parts.flash.sizeBytes) throw new LoaderFault('parameter');
  }

  private erased(): Promise<void> {
    if (!this.parts.faults.has('loader-slow-erase')) return Promise.resolve();
    return new Promise((resolve) => {
      this.waiting = this.parts.clock.after(SLOW_ERASE_MS, resolve);
    });
  }

  private reply(code: number, { value = 0, data = Buffer.alloc(0) }: Answer = {}, fault?: LoaderFault): void {
    if (this.isOver) return;
    if (this.baudRate > ROM_BAUD && this.parts.faults.has('loader-lost-replies')) {
      this.fastReplies++;
      if (this.fastReplies % LOST_REPLY_EACH === 0) return;
    }
    const status = Buffer.alloc(this.loader === 'rom' ? 4 : 2);
    if (fault !== undefined) {
      status[0] = 1;
      status[1] = fault.codeOf(this.loader);
    }
    const head = Buffer.alloc(HEADER_BYTES);
    head.writeUInt8(1, 0);
    head.writeUInt8(code, 1);
    head.writeUInt16LE(data.length + status.length, 2);
    head.writeUInt32LE(value >>> 0, 4);
    this.sendFrame(Buffer.concat([head, data, status]));
  }

  private sendFrame(payload: Buffer): void {
    if (this.isOver) return;
    const wire = slipFrame(payload);
    const isGarbled = this.parts.faults.has('loader-bad-line') && this.baudRate > WORST_GOOD_BAUD;
    this.parts.send(isGarbled ? Buffer.from(wire.map((byte) => byte ^ 0x55)) : wire);
  }

  private leave(exit: LoaderExit): void {
    this.close();
    this.parts.restart(exit);
  }
}

/** A word of a request; 0 behind its end, where flashers leave parameters out. */
const word = (data: Buffer, at: number): number => (at + 4 <= data.length ? data.readUInt32LE(at) : 0);

/** @throws LoaderFault when the announced length or the checksum is wrong. */
function payloadOf({ data, checksum }: Command): Buffer {
  const payload = data.subarray(DATA_HEADER_BYTES);
  if (word(data, 0) !== payload.length) throw new LoaderFault('invalid-message');
  let sum = CHECKSUM_SEED;
  for (const byte of payload) sum ^= byte;
  if (sum !== checksum) throw new LoaderFault('checksum');
  return payload;
}

/** Of the security features only flash encryption may be on: one bit of flash_crypt_cnt. Flags and seven key purposes are 0. */
function securityInfo(isEncrypted: boolean): Buffer {
  const info = Buffer.alloc(20);
  info.writeUInt8(isEncrypted ? 1 : 0, 4);
  info.writeUInt32LE(CHIP_ID, 12);
  return info;
}
