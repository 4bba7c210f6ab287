package io.twinbeat.lab;

import java.util.ArrayList;
import java.util.List;

/** Lines for {@code ip -batch}. */
final class Lines {
  private final List<String> lines = new ArrayList<>();

  void add(String line) {
    lines.add(line);
  }

  /** An IPv6 address waits for nobody to object: there is nobody else. */
  void address(String address, String device) {
    add("addr add " + address + " dev " + device + (address.contains(":") ? " nodad" : ""));
  }

  /** A cable from a switch port on {@code lan} to a network card in another namespace. */
  void cable(String port, String device, String mac, String namespace, String lan) {
    add(
        "link add %s type veth peer name %s address %s netns %s"
            .formatted(port, device, mac, namespace));
    add("link set %s master %s up".formatted(port, lan));
  }

  /** A switch port on {@code lan} that a guest plugs its card into. */
  void tap(String port, String lan) {
    add("tuntap add dev %s mode tap".formatted(port));
    add("link set %s master %s up".formatted(port, lan));
  }

  /** Runs them in one go in a namespace. */
  void runIn(String namespace) {
    Shell.mustRead(toString(), "ip", "-n", namespace, "-batch", "-");
  }

  @Override
  public String toString() {
    return String.join("\n", lines) + "\n";
  }
}
