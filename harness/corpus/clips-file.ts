import { z } from 'zod';

/** Letters, digits and hyphens: safe in file names. */
const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case words and hyphens');
const text = z.string().min(1);
const count = z.int().min(0);

/** One clip of a manifest. */
export const clipSchema = z
  .strictObject({
    id,
    utterance: id,
    file: z
      .string()
      .regex(/^(?!\/)(?!.*\.\.\/)[^\\]+\.wav$/i, 'expected a .wav in or below the folder of the manifest'),
    /** BCP 47. */
    language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/, 'expected a language such as en or zh'),
    voice: text,
    transcript: text,
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits'),
    rateHz: z.int().min(8000).max(48_000),
    lengthSamples: z.int().min(1),
    onsetSample: count,
    offsetSample: count,
    /** Default: true. */
    recognisable: z.boolean().default(true),
  })
  .superRefine(({ onsetSample, offsetSample, lengthSamples }, context) => {
    const refuse = (key: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    if (onsetSample >= offsetSample) refuse('onsetSample', `expected less than offsetSample ${offsetSample}`);
    if (offsetSample >= lengthSamples) {
      refuse('offsetSample', `expected less than lengthSamples ${lengthSamples}`);
    }
  });

/** prompts.yaml or replies.yaml as written; scripts/make-corpus.mjs writes those of the package. */
export const clipsFile = (kind: 'prompt' | 'reply') =>
  z.strictObject({
    schema: z.literal('earshot/clips@1'),
    kind: z.literal(kind),
    /** SPDX identifier, of all clips. */
    licence: text,
    clips: z
      .array(clipSchema)
      .min(1)
      .superRefine((clips, context) => {
        const taken = new Set<string>();
        for (const [index, each] of clips.entries()) {
          const message = 'another clip of this file has this id already';
          if (taken.has(each.id)) context.addIssue({ code: 'custom', path: [index, 'id'], message });
          taken.add(each.id);
        }
      }),
  });
