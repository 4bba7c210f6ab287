package io.twinbeat.lvs.realserver;

import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.Link;
import io.twinbeat.lvs.realserver.Duty.Forwarding;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks whether a machine is as its duties ask, item by item; changes nothing. */
final class Inspection {
  private static final String UP = "twinbeat realserver up";

  /** The outer header of a tunnel: RFC 2003, RFC 2473. */
  private static final int OUTER_V4 = 20;

  private static final int OUTER_V6 = 40;
  private static final int ETHERNET_MTU = 1500;

  private final Kernel kernel;
  private final Memory memory;
  private final List<Duty> duties;
  private final List<Finding> found = new ArrayList<>();

  Inspection(Kernel kernel, Memory memory, List<Duty> duties) {
    this.kernel = kernel;
    this.memory = memory;
    this.duties = duties;
  }

  List<Finding> look() throws IOException {
    Wanted wanted = new Wanted(duties);
    for (Wanted.Module module : wanted.modules()) {
      if (kernel.isUp(module.device()).isEmpty()) {
        found.add(
            Finding.bad(
                module.device(),
                "there is no such device",
                UP + ", or 'modprobe " + module.name() + "'"));
      }
    }
    for (Setting setting : wanted.settings(kernel.devices(), this::before)) {
      look(setting);
    }
    List<InterfaceAddress> addresses = kernel.addresses();
    List<Link> links = kernel.links();
    Set<InetAddress> selves = new LinkedHashSet<>();
    for (Duty duty : duties) {
      if (duty.mode() == Forwarding.NAT) {
        gateway(duty);
      } else {
        elsewhere(duty, addresses, links);
      }
      if (!duty.moves()) {
        selves.add(duty.self());
      }
    }
    for (InetAddress self : selves) {
      own(self, addresses);
    }
    return List.copyOf(found);
  }

  private Optional<String> before(String sysctl) throws IOException {
    Optional<String> remembered = memory.before(sysctl);
    return remembered.isPresent() ? remembered : kernel.value(sysctl);
  }

  private void look(Setting setting) throws IOException {
    switch (setting) {
      case Setting.Value value -> {
        String present = kernel.value(value.sysctl()).orElse("not there");
        found.add(
            value.holds(present)
                ? Finding.good(value.sysctl(), present)
                : Finding.bad(value.sysctl(), present + ", expected " + value.wanted(), UP));
      }
      case Setting.Up up ->
          kernel
              .isUp(up.device())
              .ifPresent(on ->
                  found.add(
                      on
                          ? Finding.good(up.device(), "switched on")
                          : Finding.bad(up.device(), "switched off", UP)));
      case Setting.Local address ->
          found.add(
              kernel.has(address)
                  ? Finding.good(address.toString(), "there")
                  : Finding.bad(address.toString(), "not there", UP));
    }
  }

  /** The address where it answers ARP, or stands for a whole network. */
  private void elsewhere(Duty duty, List<InterfaceAddress> addresses, List<Link> links) {
    for (InterfaceAddress each : addresses) {
      if (!each.ip().equals(duty.vip())) {
        continue;
      }
      Optional<Link> link = links.stream().filter(l -> l.index() == each.ifindex()).findFirst();
      String device = link.map(Link::name).orElse("device number " + each.ifindex());
      String there = each.ip().getHostAddress() + "/" + each.prefixLength() + " dev " + device;
      boolean silent = link.isPresent() && !link.get().neighbours();
      boolean whole = each.prefixLength() == (each.ip() instanceof Inet6Address ? 128 : 32);
      if (!silent) {
        found.add(
            Finding.bad(
                there,
                "it answers ARP for the virtual address, which is the director's",
                "ip addr del " + there));
      } else if (!whole) {
        found.add(
            Finding.bad(
                there,
                "makes its whole network a part of this machine",
                "ip addr del " + there + "; then " + UP));
      }
    }
  }

  private void gateway(Duty duty) throws IOException {
    String what = "default gateway, for " + duty.vip().getHostAddress() + " by NAT";
    if (duty.gateway().isEmpty()) {
      found.add(
          Finding.risky(
              what,
              "the file names no floating address of the director in the network of "
                  + duty.self().getHostAddress(),
              "an 'address' in that network in the director's group, and that as the gateway"));
      return;
    }
    String wanted = duty.gateway().get().getHostAddress();
    Optional<InetAddress> present = Routes.gateway(duty.v6());
    if (present.equals(duty.gateway())) {
      found.add(Finding.good(what, wanted + ", the director"));
    } else {
      found.add(
          Finding.bad(
              what,
              present.map(InetAddress::getHostAddress).orElse("none")
                  + ": replies do not go back through the director",
              "make "
                  + wanted
                  + " (the director's floating address here) the default gateway, in the network's"
                  + " own configuration"));
    }
  }

  /**
   * The address that the director sends to, and whether tunnelled packets fit through its device.
   */
  private void own(InetAddress self, List<InterfaceAddress> addresses) throws IOException {
    if (addresses.stream().noneMatch(each -> each.ip().equals(self))) {
      found.add(
          Finding.bad(
              self.getHostAddress(),
              "not an address of this machine, and the director sends to it",
              "correct the file or the network's configuration"));
      return;
    }
    boolean v6 = self instanceof Inet6Address;
    boolean tunnel =
        duties.stream().anyMatch(d -> d.mode() == Forwarding.TUN && d.self().equals(self));
    NetworkInterface device = NetworkInterface.getByInetAddress(self);
    if (!tunnel || device == null) {
      return;
    }
    int needed = ETHERNET_MTU + (v6 ? OUTER_V6 : OUTER_V4);
    String what = "MTU of " + device.getName();
    found.add(
        device.getMTU() >= needed
            ? Finding.good(what, Integer.toString(device.getMTU()))
            : Finding.risky(
                what,
                device.getMTU()
                    + ": a client's full packet of "
                    + ETHERNET_MTU
                    + " does not fit into the tunnel",
                "MTU "
                    + needed
                    + " from the directors to here, or 'ip route change default ... advmss "
                    + (ETHERNET_MTU - 2 * (v6 ? OUTER_V6 : OUTER_V4) - 20)
                    + "' here"));
  }
}
