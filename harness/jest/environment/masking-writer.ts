import type { Writer } from 'allure-js-commons/sdk/reporter';
import type { Redactor } from '../../run';

/** Masks one attachment: text as text, JSON value by value so that it stays JSON, sound not at all. */
function masked(name: string, content: Buffer, redactor: Redactor): Buffer {
  if (name.endsWith('.txt')) return Buffer.from(redactor.text(content.toString()));
  if (!name.endsWith('.json')) return content;
  return Buffer.from(JSON.stringify(redactor.value(JSON.parse(content.toString()) as unknown), null, 2));
}

/** A writer of Allure results that masks secrets before anything is written, as the run store does. */
export const maskingWriter = (writer: Writer, redactor: Redactor): Writer => ({
  writeResult: (result) => writer.writeResult(redactor.value(result)),
  writeGroup: (result) => writer.writeGroup(redactor.value(result)),
  writeAttachment: (name, content) => writer.writeAttachment(name, masked(name, content, redactor)),
  writeAttachmentFromPath: (name, from) => writer.writeAttachmentFromPath(name, from),
  writeEnvironmentInfo: (info) => writer.writeEnvironmentInfo(redactor.value(info)),
  writeCategoriesDefinitions: (categories) => writer.writeCategoriesDefinitions(categories),
  writeGlobals: (name, info) => writer.writeGlobals(name, redactor.value(info)),
});
