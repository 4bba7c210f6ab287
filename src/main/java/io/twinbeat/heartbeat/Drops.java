package io.twinbeat.heartbeat;

import java.util.concurrent.atomic.AtomicLong;

/** What one link dropped, by reason. Any thread. */
final class Drops {
  /** Wrong length, magic, version or link; unreadable inside. */
  final AtomicLong garbage = new AtomicLong();

  /** Not made with our key for this link and direction. */
  final AtomicLong forged = new AtomicLong();

  /** Made with our key, but opened before or too old to know. */
  final AtomicLong replayed = new AtomicLong();

  /** From a life of the peer that has ended. */
  final AtomicLong staleIncarnation = new AtomicLong();

  /** Authentic, but without proof that it was made less than a deadtime ago. */
  final AtomicLong notFresh = new AtomicLong();
}
