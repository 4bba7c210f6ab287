package io.twinbeat.daemon;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Alarms about the daemon's own parts, which decide nothing: a lost link, a full disk. */
final class DaemonAlarms {
  /** One that stands. */
  record Standing(Instant since, String sentence, String mend) {}

  private final Chronicle chronicle;
  private final Notifier notifier;
  private final Map<String, Standing> standing = new TreeMap<>();

  DaemonAlarms(Chronicle chronicle, Notifier notifier) {
    this.chronicle = chronicle;
    this.notifier = notifier;
  }

  synchronized void raise(String key, String sentence, String mend) {
    Standing before = standing.get(key);
    if (before == null || !before.sentence().equals(sentence)) {
      standing.put(key, new Standing(Instant.now(), sentence, mend));
      chronicle.tell("alarm", key, sentence, Map.of("mend", mend));
      notifier.alarm(key, sentence, mend);
    }
  }

  synchronized void clear(String key) {
    Standing before = standing.remove(key);
    if (before != null) {
      chronicle.tell("event", key, "over: " + before.sentence(), Map.of());
      notifier.over(key);
    }
  }

  synchronized List<Standing> all() {
    return List.copyOf(standing.values());
  }
}
