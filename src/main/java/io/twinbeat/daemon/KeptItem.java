package io.twinbeat.daemon;

import io.twinbeat.resource.ReadinessItem;
import java.time.Duration;
import java.util.function.Supplier;

/** A readiness item that takes a while to look at, kept from one look to the next. Any thread. */
final class KeptItem {
  /** What was bad may be mended by now, and what is unknown become known. */
  static final Duration AGAIN = Duration.ofSeconds(2);

  private final Duration interval;
  private final Supplier<ReadinessItem> seen;
  private volatile ReadinessItem last;

  KeptItem(String name, Duration interval, Supplier<ReadinessItem> seen) {
    this.interval = interval;
    this.seen = seen;
    this.last = ReadinessItem.unknown(name, "not looked at yet");
  }

  ReadinessItem item() {
    return last;
  }

  void lookIfDue() {
    Duration wait = last.state() == ReadinessItem.State.GOOD ? interval : AGAIN;
    if (System.nanoTime() - last.checkedNanos() >= wait.toNanos()) {
      look();
    }
  }

  synchronized void look() {
    last = seen.get().within(interval.multipliedBy(2).plus(ReadinessItem.LIMIT));
  }
}
