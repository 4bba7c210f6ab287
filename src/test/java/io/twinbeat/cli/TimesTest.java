package io.twinbeat.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TimesTest {
  private static final Instant NOW = Instant.parse("2026-11-23T14:07:15.500Z");
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private final Times times = new Times(NOW, BERLIN);

  @Test
  void agesAreShort() {
    assertEquals("never", Times.age(-1));
    assertEquals("0 ms", Times.age(0));
    assertEquals("999 ms", Times.age(999));
    assertEquals("1.0 s", Times.age(1_000));
    assertEquals("9.9 s", Times.age(9_999));
    assertEquals("10 s", Times.age(10_000));
    assertEquals("4 m 10 s", Times.age(250_000));
    assertEquals("4 m", Times.age(240_000));
    assertEquals("2 h 4 m", Times.age(7_444_000));
    assertEquals("1 d", Times.age(86_400_000));
    assertEquals("3 d 4 h", Times.age(273_600_000));
  }

  @Test
  void timesAreLocalWithTheirAge() {
    assertEquals("13:03:11 (2 h 4 m)", times.since("2026-11-23T12:03:11Z"));
    assertEquals("22 Nov 23:59:59 (15 h 7 m)", times.since("2026-11-22T22:59:59Z"));
    assertEquals("31 Dec 2025 01:00:00", times.clock("2025-12-31T00:00:00Z", false));
    assertEquals("15:07:15.042", times.clock("2026-11-23T14:07:15.042Z", true));
    assertEquals("unknown", times.since(""));
    assertEquals("15:08:00 (0 ms)", times.since("2026-11-23T14:08:00Z"), "clocks may differ a bit");
  }

  @Test
  void momentsAreReadAsOperatorsTypeThem() {
    assertMoment("2026-11-23T13:57:15.500Z", "10m");
    assertMoment("2026-11-20T14:07:15.500Z", "3d");
    assertMoment("2026-11-23T12:03:00Z", "13:03");
    assertMoment("2026-11-22T22:00:01Z", "23:00:01"); // Not come yet today, so yesterday's.
    assertMoment("2026-11-20T23:00:00Z", "2026-11-21");
    assertMoment("2026-11-21T11:03:00Z", "2026-11-21 12:03");
    assertMoment("2026-11-21T11:03:00Z", "2026-11-21T12:03:00");
    assertMoment("2026-11-21T12:03:00Z", "2026-11-21T12:03:00Z");
    for (String wrong :
        new String[] {"", "m", "10", "10x", "-5m", "99999999999d", "25:00", "soon"}) {
      assertEquals(Optional.empty(), Moment.parse(wrong, NOW, BERLIN), wrong);
    }
  }

  private static void assertMoment(String wanted, String text) {
    assertEquals(Optional.of(Instant.parse(wanted)), Moment.parse(text, NOW, BERLIN), text);
  }
}
