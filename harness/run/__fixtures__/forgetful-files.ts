/** A file system in memory that knows what would be left of it if the power went now. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { StoreFiles } from '../store-files';

interface FileNode {
  content: Buffer;
  /** What is on the disk for sure. */
  synced: Buffer;
}
interface FolderNode {
  readonly names: Map<string, Node>;
  synced: Map<string, Node>;
}
type Node = FileNode | FolderNode;

const isFolder = (node: Node): node is FolderNode => 'names' in node;
const fault = (code: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: simulated`), { code });

/** Thrown by every operation from the one on at which the power went. */
export class PowerLoss extends Error {}

export interface ForgetfulOptions {
  /** Told before each operation, with how many came before it; throws what is to go wrong. */
  readonly before?: (operation: number) => void;
  /** How many bytes fit on the disk. Default: any number. */
  readonly sizeBytes?: number;
  /** Syncs do nothing, as if the store had forgotten them: what a test of the syncs has to notice. */
  readonly deaf?: boolean;
}

/**
 * What POSIX promises and no more: bytes are there after a sync of their file, a name after a sync of its folder. Of the rest
 * the power leaves anything: a file without its name, a name without its bytes, a part of them, NULs in their place.
 */
export class ForgetfulFiles implements StoreFiles {
  private readonly root: FolderNode = { names: new Map(), synced: new Map() };
  private readonly open_ = new Map<number, FileNode>();
  private nextDescriptor = 3;
  private operations = 0;

  constructor(
    /** A folder that exists. */
    private readonly top: string,
    private readonly options: ForgetfulOptions = {},
  ) {}

  /** How many operations there were. */
  get count(): number {
    return this.operations;
  }

  makeFolder(path: string): boolean {
    this.begin();
    const parent = this.folder(dirname(path));
    if (parent.names.has(basename(path))) return false;
    parent.names.set(basename(path), { names: new Map(), synced: new Map() });
    return true;
  }

  open(path: string, how: 'append' | 'replace'): number {
    this.begin();
    const { names } = this.folder(dirname(path));
    const known = names.get(basename(path));
    const node: FileNode =
      known !== undefined && !isFolder(known) ? known : { content: Buffer.alloc(0), synced: Buffer.alloc(0) };
    if (how === 'replace') node.content = Buffer.alloc(0);
    names.set(basename(path), node);
    const descriptor = this.nextDescriptor++;
    this.open_.set(descriptor, node);
    return descriptor;
  }

  /** A few hundred bytes at a time, as a disk that gets full takes them. */
  write(descriptor: number, bytes: Uint8Array, from: number): number {
    this.begin();
    const node = this.fileOf(descriptor);
    const room = (this.options.sizeBytes ?? Infinity) - this.sizeOfAll(this.root);
    const part = Math.min(bytes.length - from, 700, room);
    if (part <= 0) throw fault('ENOSPC');
    node.content = Buffer.concat([node.content, bytes.subarray(from, from + part)]);
    return part;
  }

  sizeOf(descriptor: number): number {
    return this.fileOf(descriptor).content.length;
  }

  truncate(descriptor: number, sizeBytes: number): void {
    this.begin();
    const node = this.fileOf(descriptor);
    node.content = node.content.subarray(0, sizeBytes);
  }

  close(descriptor: number): void {
    this.open_.delete(descriptor);
  }

  rename(from: string, to: string): void {
    this.begin();
    const folder = this.folder(dirname(from));
    const node = folder.names.get(basename(from));
    if (node === undefined) throw fault('ENOENT');
    this.folder(dirname(to)).names.set(basename(to), node);
    folder.names.delete(basename(from));
  }

  remove(path: string): void {
    this.folder(dirname(path)).names.delete(basename(path));
  }

  sync(path: string): Promise<void> {
    return Promise.resolve().then(() => this.syncNow(path));
  }

  syncNow(path: string): void {
    this.begin();
    if (this.options.deaf === true) return;
    const node = this.nodeAt(path);
    if (node === undefined) return;
    if (isFolder(node)) node.synced = new Map(node.names);
    else node.synced = node.content;
  }

  freeBytes(): number {
    return Infinity;
  }

  /** What a file holds as long as the power stays on. */
  contentOf(path: string): Buffer | undefined {
    const node = this.nodeAt(path);
    return node === undefined || isFolder(node) ? undefined : node.content;
  }

  /**
   * Writes into a folder of this machine what the power leaves.
   * @param random - Decides what of the unsynced is left; undefined: nothing of it.
   */
  afterPowerLoss(target: string, random: (() => number) | undefined): void {
    this.leave(this.root, target, random);
  }

  /** Writes into a folder of this machine what is there, as a process that was killed leaves it. */
  asItIs(target: string): void {
    const all = ({ names }: FolderNode, path: string): void => {
      mkdirSync(path, { recursive: true });
      for (const [name, node] of names)
        if (isFolder(node)) all(node, join(path, name));
        else writeFileSync(join(path, name), node.content);
    };
    all(this.root, target);
  }

  private leave(folder: FolderNode, path: string, random: (() => number) | undefined): void {
    mkdirSync(path, { recursive: true });
    for (const name of new Set([...folder.synced.keys(), ...folder.names.keys()])) {
      const [before, after] = [folder.synced.get(name), folder.names.get(name)];
      const node = before === after || random === undefined || random() < 0.5 ? before : after;
      if (node === undefined) continue;
      if (isFolder(node)) this.leave(node, join(path, name), random);
      else writeFileSync(join(path, name), leftOf(node, random));
    }
  }

  private begin(): void {
    this.options.before?.(this.operations);
    this.operations += 1;
  }

  private fileOf(descriptor: number): FileNode {
    const node = this.open_.get(descriptor);
    if (node === undefined) throw fault('EBADF');
    return node;
  }

  private nodeAt(path: string): Node | undefined {
    if (path === this.top) return this.root;
    const parent = this.nodeAt(dirname(path));
    return parent !== undefined && isFolder(parent) ? parent.names.get(basename(path)) : undefined;
  }

  private folder(path: string): FolderNode {
    const node = this.nodeAt(path);
    if (node === undefined || !isFolder(node)) throw fault('ENOENT');
    return node;
  }

  private sizeOfAll({ names }: FolderNode): number {
    let sum = 0;
    for (const node of names.values()) sum += isFolder(node) ? this.sizeOfAll(node) : node.content.length;
    return sum;
  }
}

function leftOf({ content, synced }: FileNode, random: (() => number) | undefined): Buffer {
  if (random === undefined || content.equals(synced)) return synced;
  const grew = content.length >= synced.length && content.subarray(0, synced.length).equals(synced);
  if (!grew) return random() < 0.5 ? synced : content;
  const kept = synced.length + Math.floor(random() * (content.length - synced.length + 1));
  const left = Buffer.from(content.subarray(0, kept));
  // The size came onto the disk and the bytes did not.
  return random() < 0.3 ? Buffer.concat([left, Buffer.alloc(content.length - kept)]) : left;
}
