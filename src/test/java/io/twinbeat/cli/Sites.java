package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.twinbeat.config.Reading;
import io.twinbeat.config.Site;
import io.twinbeat.config.SiteReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Sites for tests: the shipped samples, and short ones. */
final class Sites {
  static final Path TIERS = Path.of("resources/site-three-tiers.yaml");
  static final Path NAT = Path.of("resources/site-nat.yaml");
  static final Path TUN = Path.of("resources/site-tun.yaml");
  static final Path PAIR = Path.of("resources/twinbeat.yaml");

  private static final int SAMPLES_MIN = 6;

  private Sites() {}

  /** Every file that is shipped. */
  static List<Path> samples() throws IOException {
    List<Path> samples = new ArrayList<>();
    for (String folder : List.of("resources", "resources/examples")) {
      try (Stream<Path> files = Files.list(Path.of(folder))) {
        files.filter(file -> file.toString().endsWith(".yaml")).sorted().forEach(samples::add);
      }
    }
    assertTrue(samples.containsAll(List.of(TIERS, NAT, TUN, PAIR)), samples::toString);
    assertTrue(samples.size() >= SAMPLES_MIN, samples::toString);
    return samples;
  }

  static Site read(Path file) throws IOException {
    return of(Files.readString(file));
  }

  static Site of(String text) {
    Reading reading = SiteReader.read(text, "t.yaml");
    return assertInstanceOf(Reading.Good.class, reading, reading::toString).site();
  }

  /** A tier of two nodes that are a.1 and a.2 of this network, with these resources. */
  static String pair(String name, String network, String... resources) {
    return """
      %1$s:
        nodes:
          %1$s1: { links: [%2$s.1], fence: manual }
          %1$s2: { links: [%2$s.2], fence: manual }
        groups: { g: { resources: [ %3$s ] } }
    """
        .formatted(name, network, String.join(", ", resources));
  }
}
