import type { BoardEvent } from '../ports';

type Arguments = Readonly<Record<string, unknown>>;

/** A board event by which a firmware shows what a call did. */
export type EffectEvent = Extract<BoardEvent, { readonly type: 'light' | 'colour' | 'volume' | 'door' }>;

export const isEffect = (event: BoardEvent): event is EffectEvent =>
  event.type === 'light' || event.type === 'colour' || event.type === 'volume' || event.type === 'door';

/** The argument that an effect shows, by the tools of reference/device.md: SetLightState, SetVolume, OpenDoor. */
function shown(effect: EffectEvent, asked: Arguments): { readonly asked: unknown; readonly shown: unknown } {
  switch (effect.type) {
    case 'light':
      return { asked: asked['LightState'], shown: effect.on };
    case 'colour':
      return { asked: (asked['LightColor'] as Arguments | undefined)?.[effect.channel], shown: effect.value };
    case 'volume':
      return { asked: asked['volume'], shown: effect.value };
    case 'door':
      return { asked: asked['open'], shown: effect.open };
  }
}

/** The effects that contradict the arguments that were asked for. An argument that was not given contradicts nothing. */
export const contradictions = (effects: readonly EffectEvent[], asked: Arguments): readonly EffectEvent[] =>
  effects.filter((effect) => {
    const pair = shown(effect, asked);
    return pair.asked !== undefined && pair.asked !== pair.shown;
  });
