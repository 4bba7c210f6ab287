package io.twinbeat.fuzz;

import io.twinbeat.config.SiteFuzz;
import io.twinbeat.control.ControlFuzz;
import io.twinbeat.daemon.PeerFuzz;
import io.twinbeat.daemon.StateFuzz;
import io.twinbeat.daemon.StatusFuzz;
import io.twinbeat.heartbeat.GroupFuzz;
import io.twinbeat.heartbeat.LinkFuzz;
import io.twinbeat.journal.JournalFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** All that reads what somebody else may have written. */
enum Target {
  SITE(SiteFuzz.class, "org.snakeyaml.**", 12_288),
  CONTROL(ControlFuzz.class, "com.google.gson.**", 2048),
  STATUS(StatusFuzz.class, "", 1200),
  PEER(PeerFuzz.class, "com.google.gson.**", 2048),
  STATE(StateFuzz.class, "com.google.gson.**", 2048),
  JOURNAL(JournalFuzz.class, "com.google.gson.**", 2048),
  LINK(LinkFuzz.class, "", 1500),
  GROUP(GroupFuzz.class, "org.jgroups.**", 1367);

  private static final Path CORPUS = Path.of("src/test/resources/io/twinbeat/fuzz");

  final Class<?> type;

  /** Whose branches count besides our own; empty: nobody's. */
  final String library;

  final int bytesMax;

  Target(Class<?> type, String library, int bytesMax) {
    this.type = type;
    this.library = library;
    this.bytesMax = bytesMax;
  }

  /** Does with one input what the program would; whatever it throws is a failure. */
  void run(byte[] input) throws Exception {
    switch (this) {
      case SITE -> SiteFuzz.fuzzerTestOneInput(input);
      case CONTROL -> ControlFuzz.fuzzerTestOneInput(input);
      case STATUS -> StatusFuzz.fuzzerTestOneInput(input);
      case PEER -> PeerFuzz.fuzzerTestOneInput(input);
      case STATE -> StateFuzz.fuzzerTestOneInput(input);
      case JOURNAL -> JournalFuzz.fuzzerTestOneInput(input);
      case LINK -> LinkFuzz.fuzzerTestOneInput(input);
      case GROUP -> GroupFuzz.fuzzerTestOneInput(input);
    }
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Inputs that were worth keeping; each is a test. */
  Path corpus() {
    return CORPUS.resolve(text());
  }

  List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(corpus())) {
      return files.sorted().toList();
    }
  }
}
