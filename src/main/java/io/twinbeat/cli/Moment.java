package io.twinbeat.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Optional;

/** A moment in the past as an operator types it. */
final class Moment {
  private static final int AGE_DIGITS_MAX = 7;

  private Moment() {}

  static Optional<Instant> parse(String text, Instant now, ZoneId zone) {
    Optional<Duration> age = age(text);
    if (age.isPresent()) {
      return Optional.of(now.minus(age.get()));
    }
    try {
      if (text.indexOf(':') >= 0 && text.indexOf('-') < 0) {
        LocalDate today = LocalDate.ofInstant(now, zone);
        Instant moment = LocalDateTime.of(today, LocalTime.parse(text)).atZone(zone).toInstant();
        return Optional.of(
            moment.isAfter(now)
                ? LocalDateTime.of(today.minusDays(1), LocalTime.parse(text))
                    .atZone(zone)
                    .toInstant()
                : moment);
      }
      if (text.endsWith("Z")) {
        return Optional.of(Instant.parse(text));
      }
      LocalDateTime local =
          text.indexOf('T') < 0 && text.indexOf(' ') < 0
              ? LocalDate.parse(text).atStartOfDay()
              : LocalDateTime.parse(text.replace(' ', 'T'));
      return Optional.of(local.atZone(zone).toInstant());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> age(String text) {
    int digits = text.length() - 1;
    if (digits < 1 || digits > AGE_DIGITS_MAX) {
      return Optional.empty();
    }
    for (int i = 0; i < digits; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return Optional.empty();
      }
    }
    long count = Long.parseLong(text.substring(0, digits));
    return switch (text.charAt(digits)) {
      case 's' -> Optional.of(Duration.ofSeconds(count));
      case 'm' -> Optional.of(Duration.ofMinutes(count));
      case 'h' -> Optional.of(Duration.ofHours(count));
      case 'd' -> Optional.of(Duration.ofDays(count));
      default -> Optional.empty();
    };
  }
}
