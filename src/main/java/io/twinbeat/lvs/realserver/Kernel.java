package io.twinbeat.lvs.realserver;

import io.twinbeat.linux.Errno;
import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.RouteSocket;
import io.twinbeat.linux.Sysctl;
import io.twinbeat.process.Command;
import io.twinbeat.process.Commands;
import io.twinbeat.process.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The machine itself: netlink and /proc/sys; modprobe(8) is the only child process. */
final class Kernel implements Ground, AutoCloseable {
  /** A module that is on the disk is loaded in well under a second. */
  private static final Duration MODPROBE_LIMIT = Duration.ofSeconds(10);

  private final RouteSocket route;

  private Kernel(RouteSocket route) {
    this.route = route;
  }

  static Kernel open() throws LinuxException {
    return new Kernel(RouteSocket.open());
  }

  @Override
  public Optional<String> value(String sysctl) throws IOException {
    return Sysctl.read(sysctl);
  }

  @Override
  public void set(String sysctl, String value) throws IOException {
    try {
      Sysctl.write(sysctl, value);
    } catch (IOException e) {
      throw new IOException("setting " + sysctl + " to " + value + ": " + e.getMessage(), e);
    }
  }

  @Override
  public List<String> devices() throws IOException {
    return route.links().stream().map(Link::name).toList();
  }

  @Override
  public Optional<Boolean> isUp(String device) throws IOException {
    return route.link(device).map(Link::isUp);
  }

  @Override
  public void setUp(String device, boolean up) throws IOException {
    RouteSocket.Result result = route.setUp(link(device), up);
    if (!result.done()) {
      throw new IOException("switching " + device + (up ? " on: " : " off: ") + result);
    }
  }

  @Override
  public boolean has(Setting.Local address) throws IOException {
    Optional<Link> link = route.link(address.device());
    if (link.isEmpty()) {
      return false;
    }
    for (InterfaceAddress each : addresses()) {
      if (each.ifindex() == link.get().index()
          && each.ip().equals(address.ip())
          && each.prefixLength() == address.prefixLength()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void add(Setting.Local address) throws IOException {
    RouteSocket.Result result = route.add(List.of(on(address))).getFirst();
    if (!result.done() && result.errno() != Errno.EEXIST) {
      throw new IOException("adding " + address + ": " + result);
    }
  }

  @Override
  public void remove(Setting.Local address) throws IOException {
    RouteSocket.Result result = route.delete(List.of(on(address))).getFirst();
    if (!result.done() && result.errno() != Errno.EADDRNOTAVAIL) {
      throw new IOException("removing " + address + ": " + result);
    }
  }

  @Override
  public void load(String module) throws IOException {
    Outcome outcome = Commands.run(Command.of(MODPROBE_LIMIT, "modprobe", module));
    if (!outcome.succeeded()) {
      throw new IOException(
          "this kernel has no " + module + ": modprobe " + module + ": " + outcome.summary());
    }
  }

  List<InterfaceAddress> addresses() throws LinuxException {
    return route.addresses();
  }

  List<Link> links() throws LinuxException {
    return route.links();
  }

  private InterfaceAddress on(Setting.Local address) throws IOException {
    return new InterfaceAddress(
        link(address.device()).index(), address.ip(), address.prefixLength());
  }

  private Link link(String device) throws IOException {
    Optional<Link> link = route.link(device);
    if (link.isEmpty()) {
      throw new IOException("there is no network device " + device);
    }
    return link.get();
  }

  @Override
  public void close() {
    route.close();
  }
}
