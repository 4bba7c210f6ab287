package io.twinbeat.fencing;

import io.twinbeat.config.SecretFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Secrets of fence devices: which parameters are secrets, and how their files are read. */
final class Secrets {
  private static final String FILE = "-file";
  private static final Set<String> NAMES =
      Set.of("community", "hexadecimal-kg", "apikey", "secret-key");

  /** A secret cannot be read; the message names the file and the reason, and holds no secret. */
  static final class Unreadable extends Exception {
    Unreadable(String message) {
      super(message);
    }
  }

  private Secrets() {}

  static boolean isSecret(String key) {
    String name = key.replace('_', '-');
    return NAMES.contains(name) || (name.contains("passw") && !name.endsWith("-script"));
  }

  /** Whether the key names the file of a secret: {@code password-file} is that of password. */
  static boolean isFileOfSecret(String key) {
    return key.endsWith(FILE) && isSecret(key.substring(0, key.length() - FILE.length()));
  }

  /** Secrets written into the configuration, and files of secrets without an absolute path. */
  static List<String> validate(Map<String, String> parameters) {
    List<String> errors = new ArrayList<>();
    for (Map.Entry<String, String> parameter : new TreeMap<>(parameters).entrySet()) {
      String key = parameter.getKey();
      if (isFileOfSecret(key)) {
        if (!parameter.getValue().startsWith("/")) {
          errors.add(key + " must be an absolute path");
        }
      } else if (isSecret(key)) {
        errors.add(key + " is a secret: write it to a file of mode 0600 and give " + key + FILE);
      }
    }
    return errors;
  }

  /** Why files of secrets cannot be used now. */
  static List<String> advice(Map<String, String> parameters) {
    List<String> advice = new ArrayList<>();
    for (Map.Entry<String, String> parameter : new TreeMap<>(parameters).entrySet()) {
      if (isFileOfSecret(parameter.getKey())) {
        try {
          String _ = read(Path.of(parameter.getValue()));
        } catch (Unreadable e) {
          advice.add(e.getMessage());
        }
      }
    }
    return advice;
  }

  /** Reads all secrets: {@code password-file} gives {@code password}. */
  static Map<String, String> read(Map<String, String> parameters) throws Unreadable {
    Map<String, String> secrets = new LinkedHashMap<>();
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      String key = parameter.getKey();
      if (isFileOfSecret(key)) {
        secrets.put(
            key.substring(0, key.length() - FILE.length()), read(Path.of(parameter.getValue())));
      }
    }
    return secrets;
  }

  private static String read(Path file) throws Unreadable {
    try {
      return SecretFile.read(file);
    } catch (IOException e) {
      throw new Unreadable(e.getMessage());
    }
  }

  /** What a child said, without the secrets that it was given. */
  static String hide(String text, Collection<String> secrets) {
    String hidden = text;
    for (String secret : secrets) {
      hidden = hidden.replace(secret, "***");
    }
    return hidden;
  }
}
