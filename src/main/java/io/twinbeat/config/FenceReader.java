package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
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

  /** Agents read it and act on it: a second action in the file would be carried out. */
  private static final List<String> OURS = List.of("action", "option", "o", "nodename");

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
    Optional<String> type = s.get().required("agent", NodesReader.DEVICE_TYPE);
    Map<String, String> parameters = new TreeMap<>();
    List<String> names = s.get().keys();
    List<Item> values = s.get().all();
    for (int i = 0; i < names.size(); i++) {
      if (!names.get(i).equals("agent")) {
        parameter(names.get(i), values.get(i), parameters);
      }
    }
    if (type.isPresent()) {
      checkHook(type.get(), parameters, s.get());
    }
    return type.map(name -> new Device(name, parameters));
  }

  private void checkHook(String type, Map<String, String> parameters, Section s) {
    if (type.equals(Device.HOOK)) {
      s.required("path", Values.absolutePath());
    } else if (type.equals(Device.MANUAL) && !parameters.isEmpty()) {
      report.problem(s.place(), "manual fencing with parameters", "'fence: manual' alone");
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
    String plain = name.toLowerCase(Locale.ROOT).replace('_', '-');
    if (OURS.contains(plain)) {
      report.problem(
          place,
          "the parameter " + Values.quoted(name),
          "none: Twinbeat itself says what the device must do");
    } else if (plain.equals("method") && value.isPresent() && value.get().equals("cycle")) {
      report.problem(
          place,
          "method: cycle",
          "no method: a power cycle can't be verified, some devices report success without it");
    } else if (plain.endsWith("password") || plain.endsWith("passwd")) {
      report.problem(
          place,
          "a password in this file",
          "the path of a file that only root can read",
          Optional.of(name.replace("passwd", "password") + "-file"));
    } else if (value.isPresent()) {
      parameters.put(name, value.get());
    }
  }

  private static boolean isParameterName(String name) {
    boolean right = !name.isEmpty() && name.length() <= 64 && Values.isAlphanumeric(name.charAt(0));
    for (int i = 0; right && i < name.length(); i++) {
      char c = name.charAt(i);
      right = Values.isAlphanumeric(c) || c == '-' || c == '_';
    }
    return right;
  }
}
