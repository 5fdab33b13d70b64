import type { CatalogueEntry } from '../origin';

/** What matchers and monitors find about a turn or a session. They become findings, and findings become verdicts. */
export const findingCodes = {
  HIL_TURN_MICROPHONE_SILENT: {
    origin: 'board',
    remedy:
      'Check the microphone, its wiring and its codec set-up: the sound was in the room and the board sent silence.',
  },
  HIL_TURN_UNHEARD: {
    origin: 'bench',
    remedy: 'Check the rig: nothing shows that the prompt was in the room, so the board is not blamed.',
  },
  HIL_TURN_MISHEARD: {
    origin: 'board',
    remedy: 'Listen to what the provider received; the microphone path garbles or cuts the prompt.',
  },
  HIL_TURN_SPEAKER_SILENT: {
    origin: 'board',
    remedy: 'Check the amplifier, the speaker and their wiring: the provider sent a reply and no sound came.',
  },
  HIL_TURN_REPLY_INCOMPLETE: {
    origin: 'board',
    remedy: 'Compare the capture with the reply in the report; parts of it were not played.',
  },
  HIL_TURN_REPLY_STUTTERED: {
    origin: 'board',
    remedy:
      'Refill the I2S buffers in time or let the driver clear them: they were played again before the next of the reply came.',
  },
  HIL_TURN_REPLY_WRONG_RATE: {
    origin: 'board',
    remedy:
      "Set codec and I2S to the rate of the provider's audio, or convert it: the reply was played at another sample rate.",
  },
  HIL_TURN_REPLY_MISSING: {
    origin: 'board',
    remedy: 'Read the console and the provider events of the turn; the reply never started.',
  },
  HIL_TURN_CALL_MISSING: {
    origin: 'board',
    remedy:
      'The provider asked for this call and the firmware did not execute it; read the console of the turn.',
  },
  HIL_TURN_CALL_UNEXPECTED: {
    origin: 'board',
    remedy: 'The firmware executed a call that nobody asked for; read the console of the turn.',
  },
  HIL_TURN_CALL_REPEATED: {
    origin: 'board',
    remedy: 'The firmware executed one call more than once; dedupe on call_id.',
  },
  HIL_TURN_CALL_ORDER: {
    origin: 'board',
    remedy:
      'Read how the firmware queues its calls: it executed them in another order than the provider asked for.',
  },
  HIL_TURN_CALL_ARGUMENTS: {
    origin: 'board',
    remedy: 'The firmware acted on other arguments than the provider sent; read its argument parsing.',
  },
  HIL_TURN_TOO_SLOW: {
    origin: 'board',
    remedy: 'See in the breakdown which part of the turn took the time.',
  },
  HIL_TURN_SLOWER_THAN_BASELINE: {
    origin: 'board',
    remedy:
      'See which part of the turn grew; where the change is meant, accept this run as the new baseline.',
  },
  HIL_TURN_NOT_INTERRUPTED: {
    origin: 'board',
    remedy:
      'Stop playback when the provider reports speech (input_audio_buffer.speech_started) and throw away what is queued.',
  },
  HIL_TURN_INTERRUPTION_LATE: {
    origin: 'config',
    remedy: 'Interrupt sooner (afterMs), or a prompt with a longer reply.',
  },
  HIL_TURN_ECHO_LEAK: {
    origin: 'board',
    remedy:
      'Check the echo canceller: its reference, its delay and its order in the pipeline. Listen to what the provider received.',
  },
  HIL_TURN_SELF_TRIGGERED: {
    origin: 'board',
    remedy:
      'Check the echo canceller: the board’s speaker reaches its microphone so loud that the provider takes it for the user.',
  },
  HIL_TURN_NEVER_QUIET: {
    origin: 'board',
    remedy: 'Listen to the speaker: the board talks on, howls or hums, so no prompt can be played.',
  },
  HIL_TURN_PROVIDER_FAILED: {
    origin: 'provider',
    remedy: 'Read the provider events of the turn; the provider did not answer as it should.',
  },
  HIL_TURN_CLOCK_UNSET: {
    origin: 'bench',
    remedy:
      'Let the board reach a time server (SNTP, UDP port 123) before its first request: without the date it can neither check a certificate nor sign a request.',
  },
  HIL_TURN_TIME_NOT_TAKEN: {
    origin: 'board',
    remedy:
      "Have the firmware ask the bench's time server (its address, UDP port, before the first request), wait for the answer and set the clock by it.",
  },
  HIL_TURN_CLOCK_WRONG: {
    origin: 'bench',
    remedy:
      'Mend the time server that the board asks, or the time zone that the firmware makes of its answer: certificates and signatures need the date.',
  },
  HIL_TURN_TLS_REFUSED: {
    origin: 'bench',
    remedy:
      'Build the firmware with the CA that signed the certificate of this provider, and check its name.',
  },
  HIL_TURN_QUESTION_IGNORED: {
    origin: 'board',
    remedy:
      'Read the console of the turn: the firmware did not take the question that was typed, or was busy with another.',
  },
  HIL_TURN_QUESTION_CHANGED: {
    origin: 'board',
    remedy: 'Read how the firmware parses its command and escapes the question: it sent another one.',
  },
  HIL_TURN_REQUEST_MISSING: {
    origin: 'board',
    remedy: 'Read the console of the turn: the firmware never sent its request to the provider.',
  },
  HIL_TURN_REQUEST_FAILED: {
    origin: 'board',
    remedy:
      'Check the address that the firmware calls, its time-outs and its network: the provider was there and did its part.',
  },
  HIL_TURN_REQUEST_REFUSED: {
    origin: 'board',
    remedy: 'Check the key, the signature and the form of the request that the firmware sends.',
  },
  HIL_TURN_ERROR_UNREPORTED: {
    origin: 'board',
    remedy: 'Let the firmware look at status and body of an answer and print what the provider refused.',
  },
  HIL_TURN_ANSWER_MISSING: {
    origin: 'board',
    remedy: 'Read the console of the turn: the provider sent an answer and the firmware printed none.',
  },
  HIL_TURN_ANSWER_CUT: {
    origin: 'board',
    remedy: 'Enlarge the buffer that the firmware reads the answer into, or print it piece by piece.',
  },
  HIL_TURN_ANSWER_CHANGED: {
    origin: 'board',
    remedy:
      'Compare what was sent with what was printed: look for lost pieces, double ones and split characters.',
  },
  HIL_SESSION_TOOL_MISSING: {
    origin: 'board',
    remedy:
      'Look at the session.update of this session: the firmware does not advertise the tool, so no provider can call it.',
  },
  HIL_SESSION_GREETING_MISSING: {
    origin: 'board',
    remedy: 'Read the console from the reset on: the firmware never asked the provider for a greeting.',
  },
  HIL_SESSION_GREETING_SILENT: {
    origin: 'board',
    remedy: 'Check the amplifier, the speaker and their wiring: the greeting was sent and no sound came.',
  },
  HIL_TURN_BENCH_STALLED: {
    origin: 'bench',
    remedy:
      'Close other work on the bench machine, or give it fewer boards: a process of the bench came to its work too late, and the turn shows that.',
  },
  HIL_TURN_UNMEASURED: {
    origin: 'harness',
    remedy:
      'Look at the turn in the report: the board is not at fault, its sound could not be located or its clock not mapped.',
  },
  HIL_TURN_UNWATCHED: {
    origin: 'harness',
    remedy:
      'Run it with --provider proxy:NAME in place of live:NAME: then it is seen what the provider was asked and what it answered.',
  },
  HIL_SCENARIO_MISMATCH: {
    origin: 'harness',
    remedy: 'The scenario did not ask for what the suite expects; make the two agree.',
  },
} as const satisfies Record<string, CatalogueEntry>;
