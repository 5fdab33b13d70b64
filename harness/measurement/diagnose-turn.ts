import type { Finding, SavedCapture, TurnRecord } from '../ports';
import { msOfSamples } from '../units';
import { diagnoseCalls } from './diagnose-calls';
import { unlessGarbled } from './diagnose-console';
import { diagnoseEcho } from './diagnose-echo';
import { diagnoseHearing } from './diagnose-hearing';
import {
  diagnoseInterruption,
  diagnoseInterruptionHearing,
  diagnoseInterruptionReply,
} from './diagnose-interruption';
import { diagnoseOrderedCrash } from './diagnose-ordered-crash';
import { diagnoseNetwork } from './diagnose-network';
import { diagnoseReply } from './diagnose-reply';
import { diagnoseGap } from './diagnose-gap';
import { diagnoseRestart } from './diagnose-restart';
import { diagnoseSession } from './diagnose-session';
import { diagnoseStall, unlessBroken, unlessLate } from './diagnose-stall';
import { firstBrokenLink, recordedFaults, type Diagnose } from './diagnosis';
import { lagged, lostSound } from './take';
import type { TurnMeasurement } from './turn-measurement';

/** The first xrun with its place, and how many there were. */
function xrunsInWords({ overruns, xruns = [], firstRigSample, rateHz }: SavedCapture): string {
  const [first] = xruns;
  if (first === undefined) return `${overruns} xruns`;
  const { kind, atRigSample, lostSamples } = first;
  const atMs = msOfSamples(atRigSample - firstRigSample, rateHz).toFixed(0);
  const lost = lostSamples === undefined ? '' : ` of ${lostSamples} samples`;
  return `${kind}${lost} ${atMs} ms into the capture${xruns.length === 1 ? '' : `, and ${xruns.length - 1} more`}`;
}

/** The bench's own part: a capture that can be trusted, with the prompt in it. */
const rig: Diagnose = ({ capture, prompt, topology }, { witness }) => {
  if (topology === 'timestamps') return [];
  if (capture !== undefined && lagged(capture)) {
    const { maxLagMs, overruns } = capture;
    return [
      {
        code: 'HIL_RIG_LAGGED',
        message: `The rig was ${maxLagMs.toFixed(0)} ms late; a take may lag by 500 ms.`,
        facts: { maxLagMs, overruns },
      },
    ];
  }
  if (capture !== undefined && lostSound(capture)) {
    const { overruns, xruns = [] } = capture;
    return [
      {
        code: 'HIL_RIG_XRUN',
        message: `The rig lost sound in this take: ${xrunsInWords(capture)}.`,
        facts: { overruns, xruns },
      },
    ];
  }
  if (witness.onLoopback) return [];
  return [
    {
      code: 'HIL_RIG_NO_LOOPBACK',
      message:
        capture === undefined
          ? `There is no capture of the turn in which prompt ${prompt.id} could be found.`
          : `Prompt ${prompt.id} was not found on the loopback channel, where it has to be.`,
      facts: { prompt: prompt.id },
    },
  ];
};

/** In the order of the signal's path: the first link that broke is the cause, and what follows from it is not reported. */
const chain: readonly Diagnose[] = [
  recordedFaults,
  diagnoseRestart,
  diagnoseGap,
  diagnoseNetwork,
  diagnoseSession,
  rig,
  diagnoseStall,
  unlessBroken(diagnoseHearing, ['promptOnset', 'promptOffset']),
  diagnoseEcho,
  unlessBroken(diagnoseInterruptionHearing, ['interruptionOnset', 'interruptionOffset']),
  unlessGarbled(diagnoseCalls),
  unlessLate(diagnoseReply),
  diagnoseInterruption,
  diagnoseInterruptionReply,
  diagnoseOrderedCrash,
];

/**
 * What went wrong in a turn, by the host's own judgement. Precedence: faults of the record; a restart; a port that was away; a network that the board lost; a session that the provider ended; a bad take; a prompt that did not
 * leave the rig; a bench that stood still; the prompt unheard or misheard; its own voice in the microphone; an interrupting prompt unheard or misheard;
 * calls; the reply; an interruption without effect; the reply to the interrupting prompt; a crash that was ordered and did not come. A turn that ended by a crash that was ordered
 * has its faults and nothing else. The first link with a finding ends the search, so one
 * cause gives one finding; several calls may each have their own. Pure; the findings carry the end of the turn as their time.
 */
export const diagnoseTurn = (record: TurnRecord, measurement: TurnMeasurement): Finding[] =>
  firstBrokenLink(record.orderedCrash?.crash === undefined ? chain : [recordedFaults], record, measurement);
