package io.twinbeat.address;

import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.PacketReceiver;
import io.twinbeat.linux.Poller;
import io.twinbeat.linux.RouteMonitor;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of this part: hears the kernel's news and other machines' claims, puts addresses
 * back, and repeats announcements when they are due.
 */
final class Watcher implements RouteMonitor.Listener, Probes.Receiver {
  private static final Logger log = LoggerFactory.getLogger(Watcher.class);

  /** How long {@link #caughtUp} and {@link #close} wait for the thread. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** After an error that may come again at once. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /** News are only hints: without any, the kernel's list is read this often. */
  private static final long LOOK_NANOS = Duration.ofMinutes(1).toNanos();

  private final Devices devices;
  private final Keeper keeper;
  private final Probes probes;
  private final Announcer announcer;
  private final Addresses.Listener listener;
  private final RouteMonitor monitor;
  private final PacketReceiver arp;
  private final PacketReceiver neighbourDiscovery;
  private final Poller poller;
  private final DuplicateWatch duplicates = new DuplicateWatch();
  private final Map<InetAddress, List<FloatingAddress>> byIp = new HashMap<>();
  private final Map<String, List<FloatingAddress>> byDevice = new HashMap<>();
  private final Map<String, Link> links = new HashMap<>();
  private final Thread thread = Thread.ofPlatform().name("addresses").daemon().unstarted(this::run);
  private final Object passes = new Object();
  private long passesBegun;
  private long passesEnded;
  private boolean looking;
  private long looked = System.nanoTime();
  private volatile boolean closing;

  Watcher(
      Collection<FloatingAddress> configured,
      Devices devices,
      Keeper keeper,
      Announcer announcer,
      Sockets sockets,
      Addresses.Listener listener) {
    this.devices = devices;
    this.keeper = keeper;
    this.announcer = announcer;
    this.listener = listener;
    monitor = sockets.monitor();
    arp = sockets.arp();
    neighbourDiscovery = sockets.neighbourDiscovery();
    poller = sockets.poller();
    probes = new Probes(devices, sockets.sender(), this);
    for (FloatingAddress address : configured) {
      byIp.computeIfAbsent(address.ip(), ip -> new ArrayList<>(1)).add(address);
      byDevice.computeIfAbsent(address.device(), device -> new ArrayList<>()).add(address);
    }
    for (String device : byDevice.keySet()) {
      devices.find(device).ifPresent(link -> links.put(device, link));
    }
  }

  void start() {
    thread.start();
  }

  Probes probes() {
    return probes;
  }

  /** Makes the thread look at its timetable again. */
  void wake() {
    poller.wake();
  }

  private void run() {
    while (!closing) {
      try {
        poller.await(sleepNanos(System.nanoTime()));
        beginPass();
        monitor.drain(this);
        arp.drain((ifindex, frame) -> Claim.arp(frame).ifPresent(c -> claimed(ifindex, c)));
        neighbourDiscovery.drain((ifindex, frame) ->
            Claim.neighbourAdvertisement(frame).ifPresent(c -> claimed(ifindex, c)));
        endPass();
        restore();
        // One round at a time, so that a release need not wait for a thousand announcements.
        boolean more = true;
        while (more && !closing) {
          more = keeper.announceDue(System.nanoTime());
        }
      } catch (LinuxException | RuntimeException e) {
        if (!closing) {
          log.error("watching the addresses", e);
          pause();
        }
      }
    }
  }

  /** A listener's fault must not cost us the rest of the news. */
  private static void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.error("telling what happened to an address", e);
    }
  }

  private long sleepNanos(long now) {
    long nanos = Math.min(LOOK_NANOS, keeper.untilNext(now).orElse(LOOK_NANOS));
    return keeper.incomplete() ? Math.min(nanos, PruneGuard.RETRY.toNanos()) : nanos;
  }

  private void restore() throws LinuxException {
    long now = System.nanoTime();
    if (looking || keeper.incomplete() || now - looked >= LOOK_NANOS) {
      looking = false;
      looked = now;
      for (Keeper.Pruned pruned : keeper.restore(now)) {
        log.warn("{}", pruned.detail());
        tell(() -> listener.pruned(pruned.address(), pruned.putBack(), pruned.detail()));
      }
    }
  }

  private void claimed(int ifindex, Claim claim) {
    if (devices.isOwn(claim.mac())) {
      return;
    }
    for (FloatingAddress address : byIp.getOrDefault(claim.ip(), List.of())) {
      Optional<Link> link = devices.find(address.device());
      if (link.isPresent() && link.get().index() == ifindex) {
        probes.answered(address, claim.mac());
        if (keeper.holds(address)) {
          duplicate(address, claim);
        }
      }
    }
  }

  private void duplicate(FloatingAddress address, Claim claim) {
    long now = System.nanoTime();
    if (!duplicates.tell(address, claim.mac(), now)) {
      return;
    }
    try {
      // A device that was made a moment ago may be missing in what we know.
      devices.refresh();
    } catch (LinuxException e) {
      log.warn("looking at the devices", e);
    }
    if (devices.isOwn(claim.mac())) {
      return;
    }
    log.warn("{} is claimed by another machine, {}", address, claim.mac());
    if (duplicates.defend(address, now)) {
      keeper.announce(List.of(address), now);
    }
    tell(() -> listener.duplicate(address, claim.mac()));
  }

  @Override
  public void linkChanged(Link link) {
    devices.changed(link);
    for (Link known : List.copyOf(links.values())) {
      if (known.index() == link.index() && !known.name().equals(link.name())) {
        // Renamed: the name that we know is gone.
        links.remove(known.name());
        compare(known.name(), Optional.of(known), Optional.empty());
      }
    }
    List<FloatingAddress> addresses = byDevice.get(link.name());
    if (addresses != null) {
      Link before = links.put(link.name(), link);
      if (before == null || before.index() != link.index()) {
        Secondaries.keep(link.name(), addresses);
      }
      compare(link.name(), Optional.ofNullable(before), Optional.of(link));
    }
  }

  @Override
  public void linkRemoved(Link link) {
    devices.removed(link);
    Link before = links.get(link.name());
    if (before != null && before.index() == link.index()) {
      links.remove(link.name());
      compare(link.name(), Optional.of(before), Optional.empty());
    }
  }

  private void compare(String device, Optional<Link> before, Optional<Link> after) {
    boolean was = before.map(Link::carrier).orElse(false);
    boolean is = after.map(Link::carrier).orElse(false);
    boolean sameMac = before.flatMap(Link::ethernet).equals(after.flatMap(Link::ethernet));
    List<FloatingAddress> addresses = byDevice.get(device);
    if (!sameMac || was != is) {
      announcer.prepare(addresses);
    }
    if (is && (!was || !sameMac)) {
      // Neighbours and switches may have lost or replaced what they knew.
      keeper.announce(addresses, System.nanoTime());
      looking = true;
    }
    if (was != is) {
      tell(() -> listener.carrierChanged(device, is));
    }
  }

  @Override
  public void addressAdded(InterfaceAddress address) {
    // What was added is no concern: what we hold is compared with the kernel's list.
  }

  @Override
  public void addressRemoved(InterfaceAddress address) {
    for (FloatingAddress ours : byIp.getOrDefault(address.ip(), List.of())) {
      looking |= keeper.holds(ours);
    }
  }

  @Override
  public void newsLost() {
    looking = true;
    try {
      devices.refresh();
      for (String device : byDevice.keySet()) {
        Link before = links.get(device);
        Optional<Link> now = devices.find(device);
        if (now.isPresent()) {
          linkChanged(now.get());
        } else if (before != null) {
          linkRemoved(before);
        }
      }
    } catch (LinuxException e) {
      log.error("reading the devices again", e);
    }
  }

  private void beginPass() {
    synchronized (passes) {
      passesBegun++;
    }
  }

  private void endPass() {
    synchronized (passes) {
      passesEnded = passesBegun;
      passes.notifyAll();
    }
  }

  @Override
  public boolean caughtUp() throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    synchronized (passes) {
      long wanted = passesBegun + 1;
      poller.wake();
      while (passesEnded < wanted) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        passes.wait(Math.max(1, left / 1_000_000));
      }
      return true;
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the thread. */
  void close() {
    closing = true;
    poller.wake();
    try {
      thread.join(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
