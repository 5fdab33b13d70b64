/* global document, window, fetch, navigator, MediaStream, RTCPeerConnection, AudioContext, AudioWorkletNode, FormData, Blob, btoa, OpenAIAgentsRealtime */
// What a browser client of the Realtime service does, with the browser's own WebRTC and nothing else.

const LOUD = 0.003;
/** How long the sound has to rest before a reply counts as over: more than the pauses of the corpus. */
const REST_S = 0.6;

/** Keeps all sound of a stream, mono, as the context's rate has it. */
async function recordStream(stream) {
  const context = new AudioContext({ sampleRate: 48_000 });
  await context.audioWorklet.addModule('capture-worklet.js');
  await context.resume();
  // Chromium hands a remote stream to Web Audio only while an element plays it.
  const player = document.createElement('audio');
  player.srcObject = stream;
  player.muted = true;
  await player.play();
  const capture = new AudioWorkletNode(context, 'capture', { numberOfOutputs: 1 });
  context.createMediaStreamSource(stream).connect(capture).connect(context.destination);
  const blocks = [];
  let restS = 0;
  let rested = () => undefined;
  capture.port.onmessage = ({ data }) => {
    blocks.push(data);
    restS = data.some((sample) => Math.abs(sample) > LOUD) ? 0 : restS + data.length / 48_000;
    if (restS > REST_S) rested();
  };
  return {
    /** Once nothing has been heard for a while. */
    rest: () =>
      new Promise((resolve) => {
        restS = 0;
        rested = resolve;
      }),
    /** 16-bit little-endian at 48 000 Hz, in base64. */
    pcm: () => base64Of(blocks),
    close: () => context.close(),
  };
}

function base64Of(blocks) {
  const pcm = Int16Array.from(
    blocks.flatMap((block) => [...block]),
    (sample) => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))),
  );
  const bytes = new Uint8Array(pcm.buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** The mock knows the recording, and Chromium's gain control and echo canceller would make another one of it. */
const untouched = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

/** A fresh opening of the fake microphone plays its file from the start. */
const openMicrophone = async () =>
  (await navigator.mediaDevices.getUserMedia({ audio: untouched })).getAudioTracks()[0];

/** Sound without a microphone: the browser has no permission then, and hides its addresses. */
const silentTrack = () => new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];

/** Posts an offer: with a key of the page's own, or as a form with the session's configuration. */
async function post(url, key, sdp, session) {
  const headers = { Authorization: `Bearer ${key}` };
  if (session === undefined)
    return fetch(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/sdp' },
      body: sdp,
    });
  const form = new FormData();
  form.set('sdp', new Blob([sdp], { type: 'application/sdp' }));
  form.set('session', new Blob([JSON.stringify(session)], { type: 'application/json' }));
  return fetch(url, { method: 'POST', headers, body: form });
}

const gathered = (peer) =>
  new Promise((resolve) => {
    const check = () => peer.iceGatheringState === 'complete' && resolve();
    peer.addEventListener('icegatheringstatechange', check);
    check();
  });

/** One call. Events of the server are kept in order; tool calls are answered as they come. */
class Call {
  events = [];
  toolCalls = [];
  waiting = [];
  cursor = 0;
  peer = new RTCPeerConnection();

  /** @param gathers - Posts the offer with all candidates; browser clients commonly post it with none. */
  static async open({ url, key, track, session, gathers = false }) {
    const call = new Call();
    const { peer } = call;
    call.channel = peer.createDataChannel('oai-events');
    call.channel.onmessage = ({ data }) => call.take(JSON.parse(data));
    call.sender = peer.addTrack(track);
    const stream = new Promise((resolve) => (peer.ontrack = ({ streams }) => resolve(streams[0])));
    await peer.setLocalDescription(await peer.createOffer());
    if (gathers) await gathered(peer);
    call.offer = peer.localDescription.sdp;
    const response = await post(url, key, call.offer, session);
    call.http = {
      status: response.status,
      type: response.headers.get('content-type'),
      location: response.headers.get('location'),
    };
    call.answer = await response.text();
    if (response.status !== 201) throw new Error(`${response.status}: ${call.answer}`);
    await peer.setRemoteDescription({ type: 'answer', sdp: call.answer });
    call.recording = await recordStream(await stream);
    return call;
  }

  take(event) {
    this.events.push(event);
    if (event.type === 'response.function_call_arguments.done') {
      this.toolCalls.push({ name: event.name, arguments: event.arguments });
      const output = { type: 'function_call_output', call_id: event.call_id, output: '{"ok":true}' };
      this.send({ type: 'conversation.item.create', item: output });
      this.send({ type: 'response.create' });
    }
    for (const wake of this.waiting.splice(0)) wake();
  }

  send(event) {
    this.channel.send(JSON.stringify(event));
  }

  /** The next event of this type after the last one that was waited for. */
  async next(type) {
    for (;;) {
      const at = this.events.findIndex((event, index) => index >= this.cursor && event.type === type);
      if (at >= 0) {
        this.cursor = at + 1;
        return this.events[at];
      }
      await new Promise((resolve) => this.waiting.push(resolve));
    }
  }

  /** Speaks what the fake microphone holds from its beginning. */
  async speak() {
    this.sender.track.stop();
    await this.sender.replaceTrack(await openMicrophone());
  }

  /** The candidate pair that is in use, and what the audio stream counted. */
  async statistics() {
    const all = [...(await this.peer.getStats()).values()];
    const pair = all.find(
      ({ type, nominated, state }) => type === 'candidate-pair' && nominated && state === 'succeeded',
    );
    const inbound = all.find(({ type, kind }) => type === 'inbound-rtp' && kind === 'audio');
    const codec = all.find(({ id }) => id === inbound?.codecId);
    return {
      local: all.find(({ id }) => id === pair?.localCandidateId)?.candidateType,
      remote: all.find(({ id }) => id === pair?.remoteCandidateId)?.candidateType,
      packetsReceived: inbound?.packetsReceived,
      packetsLost: inbound?.packetsLost,
      codec: codec?.mimeType,
    };
  }

  async close() {
    this.sender.track?.stop();
    await this.recording?.close();
    this.peer.close();
  }
}

/** What a test wants to know of a call that spoke. */
const accountOf = async (call) => ({
  http: call.http,
  offer: call.offer,
  answer: call.answer,
  events: call.events.map(({ type }) => type),
  transcript: call.events.findLast(({ type }) => type === 'response.output_audio_transcript.done')
    ?.transcript,
  toolCalls: call.toolCalls,
  statistics: await call.statistics(),
  pcm: call.recording?.pcm(),
});

/** What each test has the page do. */
const flows = {
  /** The user speaks, a tool is called and answered, the reply is heard. The form's session has the tools, or an update. */
  async toolTurn({ url, key, session, asForm }) {
    const microphone = await openMicrophone();
    microphone.enabled = false;
    const call = await Call.open({ url, key, track: microphone, ...(asForm && { session }) });
    await call.next('session.created');
    if (!asForm) {
      call.send({ type: 'session.update', session });
      await call.next('session.updated');
    }
    await call.speak();
    await call.next('output_audio_buffer.started');
    await call.next('output_audio_buffer.stopped');
    await call.recording.rest();
    const account = await accountOf(call);
    await call.close();
    return account;
  },

  /** The user writes and the reply is heard: no microphone, so that the browser hides its addresses. */
  async writtenTurn({ url, key, text }) {
    const call = await Call.open({ url, key, track: silentTrack(), gathers: true });
    await call.next('session.created');
    const content = [{ type: 'input_text', text }];
    call.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    call.send({ type: 'response.create' });
    await call.next('output_audio_buffer.stopped');
    await call.recording.rest();
    const account = await accountOf(call);
    await call.close();
    return account;
  },

  /** What a page learns of an offer that is refused. */
  refusal: ({ url, key }) =>
    Call.open({ url, key, track: silentTrack() }).then(
      () => 'not refused',
      ({ message }) => message,
    ),

  /** The vendor's client as its guide shows it; only the microphone speaks when the session is ready. */
  async agentsTurn({ url, key }) {
    const { OpenAIRealtimeWebRTC, RealtimeAgent, RealtimeSession, tool } = OpenAIAgentsRealtime;
    const toolCalls = [];
    const parameters = { type: 'object', properties: { LightColor: { type: 'object' } } };
    const execute = (input) => {
      toolCalls.push(input);
      return '{"ok":true}';
    };
    const light = tool({
      name: 'SetLightState',
      description: 'Switches the light.',
      strict: false,
      parameters: { ...parameters, required: [], additionalProperties: true },
      execute,
    });
    const player = document.createElement('audio');
    player.muted = true;
    // One that it opened itself would speak while it still connects.
    const microphone = await openMicrophone();
    microphone.enabled = false;
    const mediaStream = new MediaStream([microphone]);
    const transport = new OpenAIRealtimeWebRTC({ baseUrl: url, audioElement: player, mediaStream });
    const agent = new RealtimeAgent({ name: 'lamp', instructions: 'Be brief.', tools: [light] });
    const turnDetection = { type: 'server_vad', silenceDurationMs: 200 };
    const config = { audio: { input: { turnDetection } } };
    const session = new RealtimeSession(agent, { transport, model: 'gpt-realtime', config });
    const errors = [];
    session.on('error', (error) => errors.push(String(error.error?.message ?? JSON.stringify(error))));
    const stopped = new Promise((resolve) => transport.on('output_audio_buffer.stopped', resolve));
    await session.connect({ apiKey: key });
    const recording = await recordStream(player.srcObject);
    const [sender] = transport.connectionState.peerConnection.getSenders();
    sender.track.stop();
    await sender.replaceTrack(await openMicrophone());
    await stopped;
    await recording.rest();
    const { callId, status } = { callId: transport.callId, status: transport.status };
    session.close();
    const account = { callId, status, toolCalls, errors, history: session.history, pcm: recording.pcm() };
    await recording.close();
    return account;
  },
};

Object.assign(window, { flows });
