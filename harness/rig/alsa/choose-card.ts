import { RigError } from '../../errors';
import { listSoundCards, stableIds, type SoundCard } from './sound-cards';

/** What a rig has its sound from, and what it is told from others by. */
export interface ChosenCard {
  /** ALSA's name of it: `hw:1,0`, or one of its configuration. */
  readonly pcm: string;
  readonly name: string;
  readonly stableId: string;
}

const fits = (wanted: string, card: SoundCard): boolean => {
  const { usb } = card;
  const bare = usb === undefined ? [] : [`usb:${usb.vendorId}:${usb.productId}`];
  return [...bare, ...stableIds(card)].includes(wanted);
};

const described = (card: SoundCard): string => `${card.name} (${stableIds(card).join(' or ')})`;

/**
 * The card that a bench file means: `usb:VID:PID`, with `:SERIAL` or without, `usb-port:1-2.3`, `device:0000:00:1f.3`; or `pcm:NAME` of
 * ALSA's own configuration, which is taken as it is.
 * @param device - Which of the card's devices.
 * @throws RigError `HIL_RIG_CARD_MISSING`, and `HIL_RIG_CARD_AMBIGUOUS` when two cards fit.
 */
export async function chooseCard(
  rig: string,
  wanted: string,
  device: number,
  cards: () => Promise<readonly SoundCard[]> = listSoundCards,
): Promise<ChosenCard> {
  const [, pcm] = /^pcm:(.+)$/.exec(wanted) ?? [];
  if (pcm !== undefined) return { pcm, name: `ALSA device ${pcm}`, stableId: wanted };
  const present = await cards();
  const [card, ...others] = present.filter((one) => fits(wanted, one));
  if (card === undefined) {
    const seen =
      present.length === 0 ? 'this machine has none' : `there are ${present.map(described).join(', ')}`;
    throw new RigError('HIL_RIG_CARD_MISSING', `Rig ${rig} has no sound card ${wanted}: ${seen}.`, {
      rig,
      wanted,
      present: present.map(described),
    });
  }
  if (others.length > 0) {
    const alike = [card, ...others].map(described);
    throw new RigError(
      'HIL_RIG_CARD_AMBIGUOUS',
      `Rig ${rig} is to have the sound card ${wanted}, and ${alike.length} are alike: ${alike.join(', ')}.`,
      { rig, wanted, alike },
    );
  }
  return { pcm: `hw:${card.index},${device}`, name: card.name, stableId: stableIds(card)[0] ?? wanted };
}
