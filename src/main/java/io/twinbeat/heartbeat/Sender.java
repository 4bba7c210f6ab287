package io.twinbeat.heartbeat;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Makes our frames and sends them, each on all links. Never blocks on the network. Any thread. */
final class Sender {
  /** Answers per link: so many at once, then one each so many nanoseconds. */
  private static final int ANSWERS_BURST = 20;

  private static final long ANSWER_EVERY_NANOS = 5_000_000;

  private final List<Link> links;
  private final PeerTracker tracker;
  private final MonotonicClock clock;
  private final Heartbeat.StatusSource status;
  // Fair, and around sampling and sending: a later beat never carries an earlier status.
  private final ReentrantLock beats = new ReentrantLock(true);
  private final AtomicLong messages = new AtomicLong();
  private final long[] probesPaidUntil = new long[HeartbeatSettings.LINKS_MAX];
  private final long[] strangersPaidUntil = new long[HeartbeatSettings.LINKS_MAX];
  private long beat;

  Sender(
      List<Link> links, PeerTracker tracker, MonotonicClock clock, Heartbeat.StatusSource status) {
    this.links = links;
    this.tracker = tracker;
    this.clock = clock;
    this.status = status;
  }

  /** Samples the status and sends it. */
  void beat() {
    beats.lock();
    try {
      sendStatus(Frame.Type.BEAT, sample());
    } finally {
      beats.unlock();
    }
  }

  /** The status as it is now, checked. */
  byte[] sample() {
    byte[] sampled = status.status();
    if (sampled.length > Heartbeat.STATUS_BYTES_MAX) {
      throw new IllegalStateException(
          "the status has "
              + sampled.length
              + " bytes, more than "
              + Heartbeat.STATUS_BYTES_MAX
              + ": not sent");
    }
    return sampled;
  }

  void bye(byte[] finalStatus) {
    beats.lock();
    try {
      sendStatus(Frame.Type.BYE, finalStatus);
    } finally {
      beats.unlock();
    }
  }

  private void sendStatus(Frame.Type type, byte[] body) {
    beat++;
    sendOnAll(type, beat, body);
  }

  void probe() {
    sendOnAll(Frame.Type.PROBE, 0, Frame.EMPTY);
  }

  /** A datagram of JGroups; false if no link took it. */
  boolean message(byte[] data, int offset, int length) {
    if (length > Seal.BODY_BYTES_MAX) {
      throw new IllegalArgumentException(
          length + " bytes do not fit into a frame of " + Seal.BODY_BYTES_MAX);
    }
    byte[] body = Arrays.copyOfRange(data, offset, offset + length);
    return sendOnAll(Frame.Type.MESSAGE, messages.incrementAndGet(), body);
  }

  private boolean sendOnAll(Frame.Type type, long sequence, byte[] body) {
    boolean any = false;
    for (int i = 0; i < links.size(); i++) {
      Link link = links.get(i);
      long now = clock.now();
      any |= link.send(new Frame(type, 0, sequence, now, tracker.echo(link.index, now), body));
    }
    return any;
  }

  /** Answers the present peer's probe; on the link's own thread only. */
  void answerProbe(Link link, Frame probe) {
    answer(link, probe, probesPaidUntil);
  }

  /**
   * Tells the sender of a frame that did not prove to be fresh what it sent; on the link's own
   * thread only. It may be a recording, so it must not use up the answers to probes.
   */
  void answerStranger(Link link, Frame frame) {
    answer(link, frame, strangersPaidUntil);
  }

  private void answer(Link link, Frame to, long[] paidUntil) {
    long now = clock.now();
    long paid = Math.max(paidUntil[link.index], now - ANSWERS_BURST * ANSWER_EVERY_NANOS);
    if (paid > now - ANSWER_EVERY_NANOS) {
      return;
    }
    paidUntil[link.index] = paid + ANSWER_EVERY_NANOS;
    Frame.Echo echo = new Frame.Echo(to.incarnation(), to.stamp(), to.stamp());
    link.send(new Frame(Frame.Type.ANSWER, 0, 0, now, echo, Frame.EMPTY));
  }
}
