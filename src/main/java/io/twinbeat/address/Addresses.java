package io.twinbeat.address;

import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.MacAddress;
import java.net.InetAddress;
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
 * defends them while held. Safe from any thread. No child process, and nothing is done for the first
 * time when it counts. Measured facts behind the announcements: RFC 5227, RFC 4861 and the tests.
 */
public final class Addresses implements AutoCloseable {
  /** The local experimental EtherType (IEEE 802), for a frame that nobody minds on lo. */
  private static final int EXPERIMENTAL = 0x88b5;

  private static final int LOOPBACK_IFINDEX = 1;

  /** How often each path is run at start; enough to load and link all that it uses. */
  private static final int WARM_UPS = 50;

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
    byDevice.forEach(
        (device, addresses) -> {
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
   * Opens and warms everything. Changes no address. A missing device is no error here. Fails
   * without CAP_NET_ADMIN and CAP_NET_RAW.
   */
  public static Addresses open(Collection<FloatingAddress> configured, Listener listener) {
    Sockets sockets = null;
    try {
      sockets = Sockets.open(configured);
      Addresses addresses = new Addresses(configured, sockets, listener);
      addresses.warm();
      addresses.watcher.start();
      return addresses;
    } catch (LinuxException e) {
      if (sockets != null) {
        sockets.close();
      }
      throw new AddressException("getting ready to hold addresses", e);
    }
  }

  /** The first call of anything costs milliseconds: make it here, where it changes nothing. */
  private void warm() throws LinuxException {
    InetAddress v4 = InetAddress.ofLiteral("192.0.2.1");
    InetAddress v6 = InetAddress.ofLiteral("2001:db8::1");
    MacAddress mac = new MacAddress(0x0200_0000_0001L);
    List<InterfaceAddress> nowhere =
        List.of(new InterfaceAddress(0, v4, 32), new InterfaceAddress(0, v6, 128));
    List<FloatingAddress> practice = List.of(new FloatingAddress(v4, 32, "lo"));
    byte[] frame = Frames.arpAnnouncement(mac, v4);
    frame[12] = (byte) (EXPERIMENTAL >> 8);
    frame[13] = (byte) EXPERIMENTAL;
    for (int i = 0; i < WARM_UPS; i++) {
      // Device number 0 exists nowhere: the kernel reads the message and refuses it.
      sockets.route().add(nowhere);
      sockets.route().delete(nowhere);
      keeper.present(practice);
      Frames.arpAnnouncement(mac, v4);
      Frames.neighbourAdvertisement(mac, v6, false);
      sockets.sender().trySend(LOOPBACK_IFINDEX, frame);
    }
    AnnounceSchedule schedule = new AnnounceSchedule();
    schedule.start(practice, 0);
    schedule.due(Duration.ofSeconds(1).toNanos());
    schedule.stop(practice);
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
