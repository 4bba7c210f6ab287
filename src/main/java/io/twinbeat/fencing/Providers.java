package io.twinbeat.fencing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;

/** All kinds of fence devices there are, and which of them a type belongs to. */
final class Providers {
  private static final int NEAR_MAX = 3;

  private final List<FenceDeviceProvider> all = new ArrayList<>();

  Providers() {
    for (FenceDeviceProvider provider : ServiceLoader.load(FenceDeviceProvider.class)) {
      all.add(provider);
    }
  }

  /**
   * Makes all devices, in their levels.
   *
   * @throws IllegalArgumentException with all errors, one in a line
   */
  Map<String, List<List<FenceDevice>>> devices(Map<String, List<List<DeviceSpec>>> specs) {
    List<String> errors = new ArrayList<>();
    Map<String, List<List<FenceDevice>>> levels = new LinkedHashMap<>();
    for (Map.Entry<String, List<List<DeviceSpec>>> node : specs.entrySet()) {
      List<List<FenceDevice>> made = new ArrayList<>();
      for (List<DeviceSpec> level : node.getValue()) {
        List<FenceDevice> devices = new ArrayList<>();
        for (DeviceSpec spec : level) {
          List<String> wrong = errors(node.getKey(), spec);
          wrong.forEach(sentence -> errors.add(node.getKey() + ": " + sentence));
          if (wrong.isEmpty()) {
            FenceDeviceProvider provider = of(spec.type());
            devices.add(provider.create(node.getKey(), parameters(provider, spec)));
          }
        }
        made.add(devices);
      }
      levels.put(node.getKey(), made);
    }
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("\n", errors));
    }
    return levels;
  }

  private List<String> errors(String node, DeviceSpec spec) {
    FenceDeviceProvider provider = of(spec.type());
    if (provider == null) {
      return List.of(unknown(spec.type()));
    }
    return provider.validate(node, parameters(provider, spec)).stream()
        .map(sentence -> spec.type() + ": " + sentence)
        .toList();
  }

  List<String> advice(Map<String, List<List<DeviceSpec>>> specs, Duration limit) {
    List<String> advice = new ArrayList<>();
    specs.forEach((node, levels) ->
        levels.stream()
            .flatMap(List::stream)
            .forEach(spec ->
                advice(node, spec, limit)
                    .forEach(sentence -> advice.add(node + ": " + spec.type() + ": " + sentence))));
    return advice;
  }

  private List<String> advice(String node, DeviceSpec spec, Duration limit) {
    FenceDeviceProvider provider = of(spec.type());
    Map<String, String> parameters = parameters(provider, spec);
    List<String> advice = new ArrayList<>(provider.advice(node, parameters));
    Duration slowest = provider.create(node, parameters).slowestOff();
    if (slowest.compareTo(limit) > 0) {
      advice.add(
          "may take %s, longer than its time limit of %s"
              .formatted(Fencing.seconds(slowest), Fencing.seconds(limit)));
    }
    return advice;
  }

  List<String> exposures(Map<String, List<List<DeviceSpec>>> specs) {
    List<String> exposures = new ArrayList<>();
    specs.forEach((node, levels) -> {
      for (DeviceSpec spec : levels.stream().flatMap(List::stream).toList()) {
        FenceDeviceProvider provider = of(spec.type());
        provider
            .exposure(parameters(provider, spec))
            .ifPresent(sentence -> exposures.add(node + ": " + spec.type() + ": " + sentence));
      }
    });
    return exposures;
  }

  /** Returns null when there is none. */
  private FenceDeviceProvider of(String type) {
    for (FenceDeviceProvider provider : all) {
      if (provider.type().equals(type)) {
        return provider;
      }
    }
    for (FenceDeviceProvider provider : all) {
      if (isFamily(provider)
          && type.length() >= provider.type().length()
          && type.startsWith(beginning(provider))) {
        return provider;
      }
    }
    return null;
  }

  /** The parameters as the type's provider wants them: a family's type is their agent. */
  private static Map<String, String> parameters(FenceDeviceProvider provider, DeviceSpec spec) {
    Map<String, String> parameters = new HashMap<>(spec.parameters());
    if (isFamily(provider)) {
      parameters.put(Parameters.AGENT, spec.type());
    }
    return parameters;
  }

  /** One sentence: what was found, what is known, and the nearest of it. */
  private String unknown(String type) {
    List<String> known = all.stream().map(FenceDeviceProvider::type).sorted().toList();
    String nearest = "";
    int distance = NEAR_MAX + 1;
    for (FenceDeviceProvider provider : all) {
      String begin = beginning(provider);
      String compared =
          isFamily(provider) ? type.substring(0, Math.min(begin.length(), type.length())) : type;
      int d = distance(compared, begin);
      if (d < distance && d < begin.length()) {
        distance = d;
        nearest = isFamily(provider) ? begin + type.substring(compared.length()) : begin;
      }
    }
    return "unknown fence device \"%s\": known are %s%s"
        .formatted(
            type,
            String.join(", ", known),
            nearest.isEmpty() ? "" : "; did you mean " + nearest + "?");
  }

  private static boolean isFamily(FenceDeviceProvider provider) {
    return provider.type().endsWith("*");
  }

  private static String beginning(FenceDeviceProvider provider) {
    String type = provider.type();
    return isFamily(provider) ? type.substring(0, type.length() - 1) : type;
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
