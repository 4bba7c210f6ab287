package io.twinbeat.address;

import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.MacAddress;
import io.twinbeat.linux.Neighbour;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The floating addresses of this node: takes and releases them, tells the network, watches and
 * defends them while held. Safe from any thread. No child process, and nothing is done for the
 * first time when it counts. Measured facts behind the announcements: RFC 5227, RFC 4861 and the
 * tests.
 */
public final class Addresses implements AutoCloseable {
  private final Set<FloatingAddress> configured;
  private final Sockets sockets;
  private final Devices devices;
  private final Keeper keeper;
  private final Watcher watcher;

  private Addresses(Collection<FloatingAddress> configured, Sockets sockets, Listener listener)
      throws LinuxException {
    this.configured = Set.copyOf(configured);
    this.sockets = sockets;
    devices = new Devices(sockets.route());
    devices.refresh();
    Announcer announcer = new Announcer(devices, sockets.sender());
    announcer.prepare(configured);
    keeper = new Keeper(sockets.route(), devices, announcer);
    watcher = new Watcher(configured, devices, keeper, announcer, sockets, listener);
    Map<String, List<FloatingAddress>> byDevice = new HashMap<>();
    for (FloatingAddress address : configured) {
      byDevice.computeIfAbsent(address.device(), device -> new ArrayList<>()).add(address);
    }
    byDevice.forEach((device, addresses) -> {
      if (devices.find(device).isPresent()) {
        Secondaries.keep(device, addresses);
      }
    });
  }

  /** Is told what happens to held addresses; from this part's thread, and must not block. */
  public interface Listener {
    /**
     * Somebody removed a held address. It was put back at once, or {@code detail} says why not and
     * it is tried again each second.
     */
    void pruned(FloatingAddress address, boolean putBack, String detail);

    /**
     * Another machine claims a held address. At most once in 10 s for each address and hardware
     * address; the address has been announced against it.
     */
    void duplicate(FloatingAddress address, MacAddress other);

    /** A configured address's device got or lost its signal, or came and went itself. */
    void carrierChanged(String device, boolean up);
  }

  /**
   * Opens and warms everything, and proves that addresses can be changed: fails without
   * CAP_NET_ADMIN and CAP_NET_RAW. Leaves all as it was. A missing device is no error here.
   */
  public static Addresses open(Collection<FloatingAddress> configured, Listener listener) {
    try {
      Sockets sockets = Sockets.open(configured);
      boolean opened = false;
      try {
        Addresses addresses = new Addresses(configured, sockets, listener);
        Practice.run(sockets);
        addresses.watcher.start();
        opened = true;
        return addresses;
      } finally {
        if (!opened) {
          sockets.close();
        }
      }
    } catch (LinuxException e) {
      throw new AddressException("getting ready to hold addresses", e);
    }
  }

  /** Which of the configured addresses are on their devices now, by the kernel's word. */
  public Set<FloatingAddress> present() throws AddressException {
    try {
      return keeper.present(configured);
    } catch (LinuxException e) {
      throw new AddressException("looking for the addresses", e);
    }
  }

  /**
   * Adds what is missing and adopts what is there, announces each twice at once and then on
   * schedule, and holds them from now on. An error names the addresses that could not be added; the
   * others are held then, and releasing all of them is the way back. A missing device is found
   * before anything is added.
   */
  public void take(List<FloatingAddress> addresses) throws AddressException {
    known(addresses);
    keeper.take(addresses, System.nanoTime());
    watcher.wake();
  }

  /**
   * Stops holding and announcing, removes, and looks whether they are gone: returns only when they
   * are. Fine for addresses that are not there or not held.
   */
  public void release(List<FloatingAddress> addresses) throws AddressException {
    known(addresses);
    keeper.release(addresses);
  }

  /** Begins the announcements anew; addresses that are not held are left out. */
  public void announce(List<FloatingAddress> addresses) {
    known(addresses);
    keeper.announce(addresses, System.nanoTime());
    watcher.wake();
  }

  /**
   * Who else on the network answers for the address: asks three times within the limit, returns at
   * the first answer. Empty means that nobody answered though the device had a signal throughout;
   * an error, that it can't be told.
   */
  public Optional<MacAddress> claimant(FloatingAddress address, Duration limit)
      throws AddressException {
    known(List.of(address));
    return watcher.probes().claimant(address, limit);
  }

  /**
   * All others that answer for the address, asked three times over the whole of the limit; else as
   * {@link #claimant}.
   */
  public Set<MacAddress> claimants(FloatingAddress address, Duration limit)
      throws AddressException {
    known(List.of(address));
    return watcher.probes().claimants(address, limit);
  }

  /**
   * Whom this machine's kernel sends to for the address now; empty when it knows nobody, or does
   * not tell.
   */
  public Optional<MacAddress> sentTo(FloatingAddress address) {
    try {
      int ifindex = devices.find(address.device()).map(Link::index).orElse(0);
      return sockets.route().neighbours().stream()
          .filter(n -> n.ifindex() == ifindex && n.ip().equals(address.ip()))
          .map(Neighbour::mac)
          .findFirst();
    } catch (LinuxException e) {
      return Optional.empty();
    }
  }

  /** The hardware addresses of all devices of this machine. */
  public Set<MacAddress> hardwareAddresses() {
    return devices.own();
  }

  /** Whether the device is there, switched on, and has a signal, by the kernel's word now. */
  public boolean carrier(String device) throws AddressException {
    try {
      return devices.look(device).map(Link::carrier).orElse(false);
    } catch (LinuxException e) {
      throw new AddressException("looking at device " + device, e);
    }
  }

  private void known(List<FloatingAddress> addresses) {
    for (FloatingAddress address : addresses) {
      if (!configured.contains(address)) {
        throw new IllegalArgumentException(address + " was not configured at the start");
      }
    }
  }

  /** Stops watching. The addresses stay where they are: a restart finds them and adopts them. */
  @Override
  public void close() {
    watcher.close();
    sockets.close();
  }
}
