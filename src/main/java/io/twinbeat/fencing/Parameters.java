package io.twinbeat.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the parameters of all devices that run a program have in common. */
final class Parameters {
  /** Understood for every device: the longest that off and status take together, as "2s". */
  static final String SLOWEST_OFF = "slowest-off";

  static final String AGENT = "agent";

  private Parameters() {}

  /** Names that can be passed on, values of one line, no secrets, a readable slowest-off. */
  static List<String> validate(Map<String, String> parameters) {
    List<String> errors = new ArrayList<>();
    Map<String, String> seen = new TreeMap<>();
    for (Map.Entry<String, String> parameter : new TreeMap<>(parameters).entrySet()) {
      String key = parameter.getKey();
      String value = parameter.getValue();
      if (!isName(key)) {
        errors.add("\"" + key + "\" is not a name of letters, digits and dashes");
      }
      String other = seen.put(underscored(key), key);
      if (other != null) {
        errors.add(other + " and " + key + " are the same parameter");
      }
      if (value.indexOf('\n') >= 0 || value.indexOf('\r') >= 0 || value.indexOf('\0') >= 0) {
        errors.add(key + " must be one line of text");
      }
      if (value.isEmpty()) {
        errors.add(key + " has no value");
      }
    }
    errors.addAll(Secrets.validate(parameters));
    String slowest = parameters.get(SLOWEST_OFF);
    if (slowest != null && duration(slowest).isEmpty()) {
      errors.add(SLOWEST_OFF + " is \"" + slowest + "\", not a time such as 300ms, 2s or 1m");
    }
    return errors;
  }

  static Duration slowestOff(Map<String, String> parameters, Duration otherwise) {
    String slowest = parameters.get(SLOWEST_OFF);
    return slowest == null ? otherwise : duration(slowest).orElse(otherwise);
  }

  /** Whether the key is for us and never passed on. */
  static boolean ours(String key) {
    return key.equals(SLOWEST_OFF) || key.equals(AGENT);
  }

  static String underscored(String key) {
    return key.replace('-', '_');
  }

  /** TWINBEAT_* variables for a hook; files of secrets are passed as paths, which it reads. */
  static Map<String, String> hookEnvironment(Map<String, String> parameters) {
    Map<String, String> environment = new TreeMap<>();
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      if (!ours(parameter.getKey())) {
        environment.put(
            "TWINBEAT_" + underscored(parameter.getKey()).toUpperCase(Locale.ROOT),
            parameter.getValue());
      }
    }
    return environment;
  }

  static boolean isName(String key) {
    for (int i = 0; i < key.length(); i++) {
      char c = key.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      boolean other = (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (!letter && !(other && i > 0)) {
        return false;
      }
    }
    return !key.isEmpty();
  }

  private static Optional<Duration> duration(String text) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    if (digits == 0 || digits > 6) {
      return Optional.empty();
    }
    long number = Long.parseLong(text.substring(0, digits));
    return switch (text.substring(digits)) {
      case "ms" -> Optional.of(Duration.ofMillis(number));
      case "s" -> Optional.of(Duration.ofSeconds(number));
      case "m" -> Optional.of(Duration.ofMinutes(number));
      default -> Optional.empty();
    };
  }
}
