import { isUtf8 } from 'node:buffer';
import { linkSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Writer } from 'allure-js-commons/sdk/reporter';
import type { Redactor } from '../../run';

/** Pictures, sound and archives are not searched for secrets: they would be broken by what stands in their place. */
const isBinary = (name: string): boolean =>
  /\.(?:wav|flac|opus|ogg|mp3|mp4|webm|png|jpe?g|gif|webp|pdf|gz|zip)$/i.test(name);

/** Masks one attachment: text as text, JSON value by value so that it stays JSON, sound not at all. Not UTF-8 is masked as bytes. */
function masked(name: string, content: Buffer, redactor: Redactor): Buffer {
  if (isBinary(name)) return content;
  if (name.endsWith('.json')) {
    try {
      return Buffer.from(JSON.stringify(redactor.value(JSON.parse(content.toString()) as unknown), null, 2));
    } catch {
      // It only says that it is JSON: it is text then.
    }
  }
  return isUtf8(content) ? Buffer.from(redactor.text(content.toString())) : redactor.bytes(content);
}

/** Links a file to another name; false on another file system, or one without links. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/**
 * A writer of Allure results that masks secrets before anything is written, as the run store does.
 * @param folder - Where `writer` writes to. Files that lie in the run folder already are linked there rather than copied: recordings
 * are most of a run. Absent: they are copied.
 */
export const maskingWriter = (writer: Writer, redactor: Redactor, folder?: string): Writer => ({
  writeResult: (result) => writer.writeResult(redactor.value(result)),
  writeGroup: (result) => writer.writeGroup(redactor.value(result)),
  writeAttachment: (name, content) => writer.writeAttachment(name, masked(name, content, redactor)),
  writeAttachmentFromPath: (name, from) => {
    if (!isBinary(name)) {
      writer.writeAttachment(name, masked(name, readFileSync(from), redactor));
      return;
    }
    if (folder !== undefined && linked(from, join(folder, name))) return;
    writer.writeAttachmentFromPath(name, from);
  },
  writeEnvironmentInfo: (info) => writer.writeEnvironmentInfo(redactor.value(info)),
  writeCategoriesDefinitions: (categories) => writer.writeCategoriesDefinitions(categories),
  writeGlobals: (name, info) => writer.writeGlobals(name, redactor.value(info)),
});
