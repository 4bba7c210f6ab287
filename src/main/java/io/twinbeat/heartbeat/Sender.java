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
  private final long[] answersPaidUntil;
  private long beat;

  Sender(
      List<Link> links, PeerTracker tracker, MonotonicClock clock, Heartbeat.StatusSource status) {
    this.links = links;
    this.tracker = tracker;
    this.clock = clock;
    this.status = status;
    this.answersPaidUntil = new long[HeartbeatSettings.LINKS_MAX];
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

  /** Tells the sender of this frame what it sent; on the link's own thread only. */
  void answer(Link link, Frame to) {
    long now = clock.now();
    long paid = Math.max(answersPaidUntil[link.index], now - ANSWERS_BURST * ANSWER_EVERY_NANOS);
    if (paid > now - ANSWER_EVERY_NANOS) {
      return;
    }
    answersPaidUntil[link.index] = paid + ANSWER_EVERY_NANOS;
    Frame.Echo echo = new Frame.Echo(to.incarnation(), to.stamp(), to.stamp());
    link.send(new Frame(Frame.Type.ANSWER, 0, 0, now, echo, Frame.EMPTY));
  }
}
