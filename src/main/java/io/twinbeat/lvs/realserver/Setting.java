package io.twinbeat.lvs.realserver;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Set;

/** One thing that must be so on a real server, named by what it is about. */
sealed interface Setting {
  /** A kernel setting; {@code fine} are values that do as well and are left alone. */
  record Value(String sysctl, String wanted, Set<String> fine) implements Setting {
    public Value {
      fine = Set.copyOf(fine);
    }

    boolean holds(String present) {
      return present.equals(wanted) || fine.contains(present);
    }
  }

  /** A device that is switched on. */
  record Up(String device) implements Setting {}

  /** An address of this machine alone, /32 or /128. */
  record Local(String device, InetAddress ip) implements Setting {
    int prefixLength() {
      return ip instanceof Inet6Address ? 128 : 32;
    }

    @Override
    public String toString() {
      return ip.getHostAddress() + "/" + prefixLength() + " dev " + device;
    }
  }
}
