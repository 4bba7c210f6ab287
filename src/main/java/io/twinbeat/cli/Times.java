package io.twinbeat.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;

/** Times as an operator reads them: local, with their age. Formatted by hand: it starts faster. */
final class Times {
  private static final String[] MONTHS = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };
  private static final long SECOND = 1000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  private final Instant now;
  private final ZoneId zone;
  private final LocalDateTime today;

  Times(Instant now, ZoneId zone) {
    this.now = now;
    this.zone = zone;
    this.today = LocalDateTime.ofInstant(now, zone);
  }

  /** "12:03:11 (2 h 4 m)"; "unknown" for no time. */
  String since(String instant) {
    return instant.isEmpty() ? "unknown" : clock(instant, false) + " (" + ago(instant) + ")";
  }

  /** "12:03:11", or "21 Nov 12:03:11" if that was another day. */
  String clock(String instant, boolean millis) {
    Instant moment = parse(instant);
    if (moment == null) {
      return instant;
    }
    LocalDateTime local = LocalDateTime.ofInstant(moment, zone);
    StringBuilder text = new StringBuilder(24);
    if (!local.toLocalDate().equals(today.toLocalDate())) {
      text.append(local.getDayOfMonth()).append(' ').append(MONTHS[local.getMonthValue() - 1]);
      text.append(local.getYear() == today.getYear() ? "" : " " + local.getYear()).append(' ');
    }
    two(text, local.getHour()).append(':');
    two(text, local.getMinute()).append(':');
    two(text, local.getSecond());
    if (millis) {
      int milli = (int) Math.floorMod(moment.toEpochMilli(), SECOND);
      text.append('.').append(milli / 100).append(milli / 10 % 10).append(milli % 10);
    }
    return text.toString();
  }

  String ago(String instant) {
    Instant moment = parse(instant);
    return moment == null
        ? "unknown"
        : age(Math.max(0, now.toEpochMilli() - moment.toEpochMilli()));
  }

  private static Instant parse(String instant) {
    try {
      return Instant.parse(instant);
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static StringBuilder two(StringBuilder text, int number) {
    return text.append(number < 10 ? "0" : "").append(number);
  }

  /** "120 ms", "1.5 s", "12 s", "4 m 10 s", "2 h 4 m", "3 d 4 h"; "never" for a negative one. */
  static String age(long millis) {
    if (millis < 0) {
      return "never";
    } else if (millis < SECOND) {
      return millis + " ms";
    } else if (millis < 10 * SECOND) {
      return millis / SECOND + "." + millis % SECOND / 100 + " s";
    } else if (millis < MINUTE) {
      return millis / SECOND + " s";
    } else if (millis < HOUR) {
      return parts(millis, MINUTE, " m", SECOND, " s");
    } else if (millis < DAY) {
      return parts(millis, HOUR, " h", MINUTE, " m");
    }
    return parts(millis, DAY, " d", HOUR, " h");
  }

  private static String parts(long millis, long large, String first, long small, String second) {
    long rest = millis % large / small;
    return millis / large + first + (rest == 0 ? "" : " " + rest + second);
  }
}
