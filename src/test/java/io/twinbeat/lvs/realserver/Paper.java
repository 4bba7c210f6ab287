package io.twinbeat.lvs.realserver;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A machine on paper, which may die after any number of changes. */
final class Paper implements Ground {
  final Map<String, String> values = new TreeMap<>();
  final Map<String, Boolean> devices = new TreeMap<>();
  final Set<Setting.Local> addresses = new HashSet<>();
  final List<String> changes = new ArrayList<>();

  /** Changes until it dies. */
  int left = Integer.MAX_VALUE;

  static final class Died extends RuntimeException {}

  Paper() {
    devices.put("lo", true);
    devices.put("eth0", true);
    for (String device : List.of("all", "lo", "eth0")) {
      conf(device);
    }
  }

  void conf(String device) {
    for (String setting : List.of("arp_ignore", "arp_announce", "rp_filter")) {
      values.put("net/ipv4/conf/" + device + "/" + setting, "0");
    }
  }

  /** All that can be changed, for comparing. */
  String picture() {
    return values + " " + devices + " " + new HashSet<>(addresses);
  }

  private void count(String change) {
    if (left-- <= 0) {
      throw new Died();
    }
    changes.add(change);
  }

  @Override
  public Optional<String> value(String sysctl) {
    return Optional.ofNullable(values.get(sysctl));
  }

  @Override
  public void set(String sysctl, String value) {
    count(sysctl + "=" + value);
    values.put(sysctl, value);
  }

  @Override
  public List<String> devices() {
    return List.copyOf(devices.keySet());
  }

  @Override
  public Optional<Boolean> isUp(String device) {
    return Optional.ofNullable(devices.get(device));
  }

  @Override
  public void setUp(String device, boolean up) {
    count(device + (up ? " up" : " down"));
    devices.put(device, up);
  }

  @Override
  public boolean has(Setting.Local address) {
    return addresses.contains(address);
  }

  @Override
  public void add(Setting.Local address) {
    count("+" + address);
    addresses.add(address);
  }

  @Override
  public void remove(Setting.Local address) {
    count("-" + address);
    addresses.remove(address);
  }

  @Override
  public void load(String module) throws IOException {
    if (!module.equals("ipip")) {
      throw new IOException("this kernel has no " + module);
    }
    devices.put("tunl0", false);
    conf("tunl0");
  }
}
