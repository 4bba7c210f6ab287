package io.twinbeat.config;

import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import java.util.Optional;

/** The kinds of names in the file. */
final class Names {
  /** sun_path has 108 bytes with its final zero. */
  static final int SOCKET_PATH_MAX = 107;

  static final Kind<String> NAME =
      Values.word("a name of letters, digits, '-', '_' and '.', at most 32 long", "-_.", 32);

  static final Kind<String> RESOURCE =
      Values.word("a name of letters, digits and any of -_.:@+, at most 64 long", "-_.:@+", 64);

  static final Kind<String> UNIX_GROUP = Values.word("the name of a group of users", "-_.", 32);

  static final Kind<String> SYSTEMD_UNIT =
      new Kind<>("a systemd unit such as haproxy.service", Names::unit);

  static final Kind<String> DEVICE =
      new Kind<>("the name of a network device such as eth0", Names::device);

  static final Kind<String> HOST_HEADER =
      new Kind<>("a host name, with a port if need be", Names::hostHeader);

  private static final int HOST_NAME_MAX = 64;
  private static final int LABEL_MAX = 63;
  private static final int DEVICE_MAX = 15;

  private Names() {}

  /** A name that TLS can ask for, or an address. */
  private static Values.Parsed<String> hostHeader(String text) {
    Values.Parsed<String> word = Values.word(HOST_HEADER.expected(), "-.:", 255).parse(text);
    int colon = text.indexOf(':');
    if (!(word instanceof Value<String>) || colon != text.lastIndexOf(':')) {
      return word; // Wrong already, or an IPv6 address.
    }
    String host = colon < 0 ? text : text.substring(0, colon);
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    for (String label : name.split("\\.", -1)) {
      if (!isLabel(label, 0, label.length())) {
        return Wrong.of(HOST_HEADER.expected());
      }
    }
    return word;
  }

  /** A host name: labels of letters, digits and inner hyphens. */
  static boolean isHostName(String name) {
    if (name.isEmpty() || name.length() > HOST_NAME_MAX) {
      return false;
    }
    int start = 0;
    while (start <= name.length()) {
      int dot = name.indexOf('.', start);
      int end = dot < 0 ? name.length() : dot;
      if (!isLabel(name, start, end)) {
        return false;
      }
      start = end + 1;
    }
    return true;
  }

  private static boolean isLabel(String name, int start, int end) {
    if (end == start
        || end - start > LABEL_MAX
        || name.charAt(start) == '-'
        || name.charAt(end - 1) == '-') {
      return false;
    }
    for (int i = start; i < end; i++) {
      if (!Values.isAlphanumeric(name.charAt(i)) && name.charAt(i) != '-') {
        return false;
      }
    }
    return true;
  }

  private static Values.Parsed<String> unit(String text) {
    int dot = text.lastIndexOf('.');
    boolean right = dot > 0 && dot < text.length() - 1 && text.length() <= 255;
    for (int i = 0; right && i < text.length(); i++) {
      char c = text.charAt(i);
      right = Values.isAlphanumeric(c) || ":-_.\\@".indexOf(c) >= 0;
    }
    if (right && text.charAt(0) != '-') {
      return new Value<>(text);
    }
    boolean noSuffix = dot < 0 && Values.word("", "-_@", 200).parse(text) instanceof Value<String>;
    return new Wrong<>(
        Optional.empty(),
        "a systemd unit such as haproxy.service",
        noSuffix ? Optional.of(text + ".service") : Optional.empty());
  }

  private static Values.Parsed<String> device(String text) {
    boolean right =
        !text.isEmpty() && text.length() <= DEVICE_MAX && !text.equals(".") && !text.equals("..");
    for (int i = 0; right && i < text.length(); i++) {
      char c = text.charAt(i);
      right = c > ' ' && c < 0x7f && c != '/' && c != ':' && c != '%';
    }
    if (right) {
      return new Value<>(text);
    }
    int label = text.indexOf(':');
    return new Wrong<>(
        Optional.empty(),
        label > 0
            ? "the name of a network device, without a label"
            : "the name of a network device such as eth0, at most 15 characters",
        label > 0 ? Optional.of(text.substring(0, label)) : Optional.empty());
  }
}
