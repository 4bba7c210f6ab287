package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads the fence devices of one node: one device, or a list of levels, of which each is a device
 * or a list of devices.
 */
final class FenceReader {
  private static final int LEVELS_MAX = 9;
  private static final int DEVICES_MAX = 8;
  private static final String DEVICE = "a device ('manual', or a map with 'agent')";

  private static final String AGENT_KEY = "agent";
  private static final String HOOK_KEY = "hook";
  private static final String TYPE_KEY = "type";
  private static final String VERIFY_KEY = "verify";
  private static final String SLOWEST_OFF_KEY = "slowest-off";

  /** Agents read them and act on them: a second action in the file would be carried out. */
  private static final List<String> OURS =
      List.of("action", "option", "nodename", "delay", "help", "version");

  /** The most used ones, for suggestions only: any other may be installed. */
  private static final List<String> AGENTS =
      List.of(
          "fence_ipmilan",
          "fence_idrac",
          "fence_ilo5",
          "fence_redfish",
          "fence_apc",
          "fence_apc_snmp",
          "fence_virsh",
          "fence_virt",
          "fence_vmware_rest",
          "fence_aws",
          "fence_gce",
          "fence_azure_arm");

  private static final List<String> SECRETS =
      List.of("community", "hexadecimal-kg", "apikey", "secret-key");

  private final Report report;

  FenceReader(Report report) {
    this.report = report;
  }

  List<List<Device>> read(Item item) {
    if (!(item.tree() instanceof Tree.Items)) {
      Optional<Device> device = device(item);
      return device.isPresent() ? List.of(List.of(device.get())) : List.of();
    }
    List<List<Device>> levels = new ArrayList<>();
    List<Item> items = Section.items(report, item, DEVICE);
    if (items.isEmpty()) {
      report.problem(item.place(), "an empty list", DEVICE);
    } else if (items.size() > LEVELS_MAX) {
      report.problem(item.place(), items.size() + " levels", "at most " + LEVELS_MAX);
    }
    for (Item level : items) {
      List<Device> devices = level(level);
      if (!devices.isEmpty()) {
        levels.add(devices);
      }
    }
    return levels;
  }

  private List<Device> level(Item item) {
    List<Device> devices = new ArrayList<>();
    if (!(item.tree() instanceof Tree.Items)) {
      Optional<Device> device = device(item);
      return device.isPresent() ? List.of(device.get()) : List.of();
    }
    List<Item> items = Section.items(report, item, DEVICE);
    if (items.isEmpty()) {
      report.problem(item.place(), "an empty list", DEVICE);
    } else if (items.size() > DEVICES_MAX) {
      report.problem(item.place(), items.size() + " devices", "at most " + DEVICES_MAX);
    }
    for (Item each : items) {
      Optional<Device> device = device(each);
      if (device.isPresent()) {
        devices.add(device.get());
      }
    }
    return devices;
  }

  private Optional<Device> device(Item item) {
    if (item.tree() instanceof Tree.Scalar word && !word.isNothing()) {
      if (word.text().equals(Device.MANUAL)) {
        return Optional.of(new Device(Device.MANUAL, Map.of()));
      }
      report.problem(
          Section.valuePlace(item),
          item.tree().shown(),
          DEVICE,
          Nearest.of(word.text(), List.of(Device.MANUAL)));
      return Optional.empty();
    }
    Optional<Section> s = Section.of(report, item, DEVICE);
    if (s.isEmpty()) {
      return Optional.empty();
    }
    return device(s.get());
  }

  /**
   * A map: {@code agent} names the device, {@code hook} and {@code type} are short for two kinds.
   */
  private Optional<Device> device(Section s) {
    String type = "";
    Map<String, String> parameters = new TreeMap<>();
    if (s.has(HOOK_KEY) && !s.has(AGENT_KEY)) {
      type = Device.HOOK;
    } else if (s.has(TYPE_KEY) && !s.has(AGENT_KEY)) {
      type = s.required(TYPE_KEY, Names.RESOURCE).orElse("");
      parameters.put(TYPE_KEY, type);
    } else {
      type = s.required(AGENT_KEY, DEVICE_TYPE).orElse("");
      parameters.put(AGENT_KEY, type);
    }
    int before = report.count();
    List<String> names = s.keys();
    List<Item> values = s.all();
    for (int i = 0; i < names.size(); i++) {
      if (!parameters.containsKey(names.get(i))) {
        parameter(names.get(i), values.get(i), parameters);
      }
    }
    if (report.count() == before) {
      checkKind(type, parameters, s);
    }
    s.done();
    return type.isEmpty() ? Optional.empty() : Optional.of(new Device(type, parameters));
  }

  private void checkKind(String type, Map<String, String> parameters, Section s) {
    if (type.equals(Device.HOOK)) {
      parameters.remove(AGENT_KEY);
      String key = s.has(HOOK_KEY) ? HOOK_KEY : "path";
      Optional<Path> path = s.required(key, Values.absolutePath());
      parameters.remove(key);
      path.ifPresent(p -> parameters.put(HOOK_KEY, p.toString()));
    } else if (type.equals(Device.MANUAL)) {
      parameters.remove(AGENT_KEY);
      if (!parameters.isEmpty()) {
        report.problem(s.place(), "manual fencing with parameters", "'fence: manual' alone");
      }
    } else if (type.startsWith(Device.EXTERNAL_PREFIX)) {
      if (!s.has(VERIFY_KEY)) {
        s.missing(
            VERIFY_KEY,
            "the path of a program that is called with 'status NODE' and exits 0 for on, 2 for off:"
                + " the plugin alone can't prove that a node is off (a fence_* agent can)");
      } else {
        s.required(VERIFY_KEY, Values.absolutePath());
      }
    }
  }

  private void parameter(String name, Item item, Map<String, String> parameters) {
    Place place = item.place();
    Optional<String> value =
        Section.word(report, item, Values.line("one word or number (in quotes if need be)"));
    if (!isParameterName(name)) {
      report.problem(
          place, "the parameter name " + Values.quoted(name), "letters, digits, '-' and '_'");
      return;
    }
    String plain = plain(name);
    for (String other : parameters.keySet()) {
      if (plain(other).equals(plain)) {
        report.problem(place, name + " beside " + other, "each parameter once");
        return;
      }
    }
    if (OURS.contains(plain)) {
      report.problem(
          place,
          "the parameter " + Values.quoted(name),
          "none: Twinbeat itself says what the device must do, and when");
    } else if (plain.equals("method") && value.isPresent() && !value.get().equals("onoff")) {
      report.problem(
          place,
          "method: " + Values.shortened(value.get()),
          "method: onoff, or none: nothing else proves that a node is off");
    } else if (isSecret(plain)) {
      report.problem(
          place,
          "a secret in this file",
          "the path of a file that only root can read",
          Optional.of(name + "-file"));
    } else if (plain.endsWith("-file")
        && Section.word(report, item, Values.pathOfSecret()).isEmpty()) {
      return;
    } else if (plain.equals(SLOWEST_OFF_KEY)
        && Section.word(report, item, Values.duration(PairReader.MS, PairReader.HOUR)).isEmpty()) {
      return;
    } else if (value.isPresent()) {
      parameters.put(name, value.get());
    }
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As the fencing package has it: what an agent must get on standard input alone. */
  private static boolean isSecret(String plain) {
    return SECRETS.contains(plain)
        || (plain.contains("passw") && !plain.endsWith("-script") && !plain.endsWith("-file"));
  }

  private static boolean isParameterName(String name) {
    boolean right = !name.isEmpty() && name.length() <= 64 && Values.isAlphanumeric(name.charAt(0));
    for (int i = 0; right && i < name.length(); i++) {
      char c = name.charAt(i);
      right = Values.isAlphanumeric(c) || c == '-' || c == '_';
    }
    return right;
  }

  /** The type of a fence device. */
  private static final Kind<String> DEVICE_TYPE =
      new Kind<>(
          "a fence_* agent, external/NAME, hook or manual",
          text -> {
            boolean external = text.startsWith(Device.EXTERNAL_PREFIX);
            String rest = external ? text.substring(Device.EXTERNAL_PREFIX.length()) : text;
            boolean known =
                external
                    || text.equals(Device.HOOK)
                    || text.equals(Device.MANUAL)
                    || (text.startsWith(Device.AGENT_PREFIX)
                        && text.length() > Device.AGENT_PREFIX.length());
            if (known && Values.word("", "-_.", 64).parse(rest) instanceof Value<String>) {
              return new Value<>(text);
            }
            Optional<String> nearest =
                Nearest.of(text, List.of(Device.MANUAL, Device.HOOK))
                    .or(() -> Nearest.of(Device.AGENT_PREFIX + text, AGENTS));
            return new Wrong<>(
                Optional.empty(), "a fence_* agent, external/NAME, hook or manual", nearest);
          });
}
