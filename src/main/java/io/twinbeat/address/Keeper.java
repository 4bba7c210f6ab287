package io.twinbeat.address;

import io.twinbeat.linux.Errno;
import io.twinbeat.linux.InterfaceAddress;
import io.twinbeat.linux.Link;
import io.twinbeat.linux.LinuxException;
import io.twinbeat.linux.RouteSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Holds addresses: puts them on their devices, announces them, puts them back, and takes them away.
 * One lock is around every change and every announcement, so that nothing is put back or announced
 * once a release has begun.
 */
final class Keeper {
  /** How often a release looks again when something of it is left. */
  private static final int REMOVALS_MAX = 3;

  private final RouteSocket route;
  private final Devices devices;
  private final Announcer announcer;

  /** Fair, so that a release comes next after the round of announcements that is being sent. */
  private final ReentrantLock lock = new ReentrantLock(true);

  /** With the device number on which it was put: a device can be renamed under an address. */
  private final Map<FloatingAddress, Integer> held = new ConcurrentHashMap<>();

  private final AnnounceSchedule schedule = new AnnounceSchedule();
  private final PruneGuard guard = new PruneGuard();

  /** Held addresses that are not there and were told as such. */
  private final Set<FloatingAddress> absent = new HashSet<>();

  Keeper(RouteSocket route, Devices devices, Announcer announcer) {
    this.route = route;
    this.devices = devices;
    this.announcer = announcer;
  }

  /** A held address was found to be gone. */
  record Pruned(FloatingAddress address, boolean putBack, String detail) {}

  boolean holds(FloatingAddress address) {
    return held.containsKey(address);
  }

  /** Those of the given addresses that are on their devices, with whatever prefix length. */
  Set<FloatingAddress> present(Collection<FloatingAddress> wanted) throws LinuxException {
    Set<FloatingAddress> found = new HashSet<>();
    for (There there : there(wanted, held)) {
      found.add(there.address);
    }
    return found;
  }

  /** An address as the kernel lists it. */
  private record There(FloatingAddress address, InterfaceAddress actual) {}

  private List<There> there(Collection<FloatingAddress> wanted, Map<FloatingAddress, Integer> putOn)
      throws LinuxException {
    Map<String, Integer> indexes = new HashMap<>();
    Map<Object, List<FloatingAddress>> byIp = new HashMap<>();
    for (FloatingAddress address : wanted) {
      byIp.computeIfAbsent(address.ip(), ip -> new ArrayList<>(1)).add(address);
      if (!indexes.containsKey(address.device())) {
        indexes.put(address.device(), devices.look(address.device()).map(Link::index).orElse(-1));
      }
    }
    List<There> found = new ArrayList<>();
    for (InterfaceAddress actual : route.addresses()) {
      for (FloatingAddress address : byIp.getOrDefault(actual.ip(), List.of())) {
        int index = indexes.get(address.device());
        if (index == actual.ifindex() || putOn.getOrDefault(address, -1) == actual.ifindex()) {
          found.add(new There(address, actual));
        }
      }
    }
    return found;
  }

  void take(List<FloatingAddress> wanted, long now) {
    if (wanted.isEmpty()) {
      return;
    }
    lock.lock();
    List<FloatingAddress> taken = new ArrayList<>(wanted.size());
    try {
      resolve(wanted);
      Map<FloatingAddress, String> problems = new LinkedHashMap<>();
      for (int from = 0; from < wanted.size(); from += RouteSocket.BATCH_MAX) {
        int to = Math.min(wanted.size(), from + RouteSocket.BATCH_MAX);
        List<FloatingAddress> added = add(wanted.subList(from, to), problems);
        taken.addAll(added);
        announcer.announce(added);
      }
      announcer.announce(taken);
      schedule.start(taken, now);
      if (!problems.isEmpty()) {
        String first = problems.values().iterator().next();
        throw new AddressException(first + Announcer.more(problems.size() - 1));
      }
    } catch (LinuxException e) {
      throw failed("taking", wanted, e);
    } finally {
      // What could not be added is nothing to put back later.
      Set<FloatingAddress> failed = new HashSet<>(wanted);
      taken.forEach(failed::remove);
      failed.forEach(held::remove);
      lock.unlock();
    }
  }

  private static AddressException failed(
      String tried, List<FloatingAddress> addresses, LinuxException e) {
    String others = Announcer.more(addresses.size() - 1);
    return new AddressException(tried + " " + addresses.getFirst() + others, e);
  }

  /** Fails before anything is changed if a device is missing. */
  private void resolve(List<FloatingAddress> wanted) throws LinuxException {
    boolean refreshed = false;
    for (FloatingAddress address : wanted) {
      if (devices.find(address.device()).isEmpty() && !refreshed) {
        devices.refresh();
        refreshed = true;
      }
      if (devices.find(address.device()).isEmpty()) {
        throw new AddressException("no network device " + address.device() + " for " + address);
      }
    }
  }

  /** Returns those that are there now, whether added or found; the others go to the problems. */
  private List<FloatingAddress> add(
      List<FloatingAddress> wanted, Map<FloatingAddress, String> problems) throws LinuxException {
    List<InterfaceAddress> changes = onDevices(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      // Before it is there, so that no news of its removal is passed over.
      held.put(wanted.get(i), changes.get(i).ifindex());
    }
    List<RouteSocket.Result> results = route.add(changes);
    List<FloatingAddress> there = new ArrayList<>(wanted.size());
    List<FloatingAddress> found = new ArrayList<>();
    boolean stale = false;
    for (int i = 0; i < wanted.size(); i++) {
      RouteSocket.Result result = results.get(i);
      if (result.errno() == Errno.EEXIST) {
        found.add(wanted.get(i));
      }
      if (result.done() || result.errno() == Errno.EEXIST) {
        there.add(wanted.get(i));
      } else {
        stale |= result.errno() == Errno.ENODEV;
        problems.put(wanted.get(i), "adding " + wanted.get(i) + ": " + result);
      }
    }
    if (stale) {
      // The device was made anew under the same name: the next try meets it.
      devices.refresh();
    }
    revive(found);
    return there;
  }

  /** An IPv6 address that was added by others and failed their duplicate detection is dead. */
  private void revive(List<FloatingAddress> found) throws LinuxException {
    if (found.stream().anyMatch(FloatingAddress::v6)) {
      List<InterfaceAddress> dead = new ArrayList<>();
      for (There there : there(found, Map.of())) {
        if (there.actual.unusable()) {
          dead.add(there.actual);
        }
      }
      route.delete(dead);
      route.add(dead);
    }
  }

  private List<InterfaceAddress> onDevices(List<FloatingAddress> addresses) {
    List<InterfaceAddress> all = new ArrayList<>(addresses.size());
    for (FloatingAddress address : addresses) {
      int index = devices.find(address.device()).map(Link::index).orElse(0);
      all.add(new InterfaceAddress(index, address.ip(), address.prefixLength()));
    }
    return all;
  }

  void release(List<FloatingAddress> unwanted) {
    if (unwanted.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      schedule.stop(unwanted);
      Map<FloatingAddress, Integer> putOn = new HashMap<>();
      for (FloatingAddress address : unwanted) {
        Integer index = held.remove(address);
        if (index != null) {
          putOn.put(address, index);
        }
        absent.remove(address);
        guard.forget(address);
      }
      // Results don't matter: what counts is what is there afterwards.
      route.delete(onDevices(unwanted));
      List<There> left = there(unwanted, putOn);
      for (int i = 0; i < REMOVALS_MAX && !left.isEmpty(); i++) {
        route.delete(left.stream().map(There::actual).toList());
        left = there(unwanted, putOn);
      }
      if (!left.isEmpty()) {
        throw new AddressException(
            left.getFirst().address + Announcer.more(left.size() - 1) + " can't be removed");
      }
    } catch (LinuxException e) {
      throw failed("removing", unwanted, e);
    } finally {
      lock.unlock();
    }
  }

  /** Announces those of the addresses that are held, and again by the schedule. */
  void announce(Collection<FloatingAddress> addresses, long now) {
    lock.lock();
    try {
      List<FloatingAddress> ours = new ArrayList<>(addresses.size());
      for (FloatingAddress address : addresses) {
        if (held.containsKey(address)) {
          ours.add(address);
        }
      }
      announcer.announce(ours);
      announcer.announce(ours);
      schedule.start(ours, now);
    } finally {
      lock.unlock();
    }
  }

  /** Sends one round that is due; false when none was. */
  boolean announceDue(long now) {
    lock.lock();
    try {
      List<FloatingAddress> due = schedule.due(now);
      announcer.prepare(due);
      announcer.announce(due);
      return !due.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** How long the owner may sleep; empty: for ever. */
  OptionalLong untilNext(long now) {
    lock.lock();
    try {
      return schedule.untilNext(now);
    } finally {
      lock.unlock();
    }
  }

  /** Whether some held address could not be put back yet. */
  boolean incomplete() {
    lock.lock();
    try {
      return !absent.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Puts back what is held and not there, by the kernel's word. Returns what is to be told. */
  List<Pruned> restore(long now) throws LinuxException {
    lock.lock();
    try {
      if (held.isEmpty()) {
        return List.of();
      }
      List<FloatingAddress> missing = new ArrayList<>(held.keySet());
      missing.removeAll(present(held.keySet()));
      Map<FloatingAddress, String> problems = new HashMap<>();
      List<FloatingAddress> restored = add(allowed(missing, problems, now), problems);
      List<Pruned> told = new ArrayList<>();
      for (FloatingAddress address : restored) {
        absent.remove(address);
        told.add(new Pruned(address, true, address + " was removed by somebody, and put back"));
      }
      problems.forEach((address, problem) -> {
        if (absent.add(address)) {
          String detail = address + " was removed by somebody: " + problem;
          told.add(new Pruned(address, false, detail));
        }
      });
      absent.retainAll(missing);
      announce(restored, now);
      return told;
    } finally {
      lock.unlock();
    }
  }

  /** Those that can and may be put back now; for the others says why not. */
  private List<FloatingAddress> allowed(
      List<FloatingAddress> missing, Map<FloatingAddress, String> problems, long now)
      throws LinuxException {
    Map<String, Boolean> exists = new HashMap<>();
    List<FloatingAddress> allowed = new ArrayList<>(missing.size());
    for (FloatingAddress address : missing) {
      String device = address.device();
      if (!exists.containsKey(device)) {
        Optional<Link> link = devices.look(device);
        link.ifPresent(devices::changed);
        exists.put(device, link.isPresent());
      }
      if (!exists.get(device)) {
        problems.put(address, "device " + device + " is gone too");
      } else if (!guard.allow(address, now)) {
        problems.put(
            address,
            "more than "
                + PruneGuard.PUT_BACKS_MAX
                + " times within "
                + PruneGuard.WINDOW.toSeconds()
                + " s; it is put back later");
      } else {
        allowed.add(address);
      }
    }
    return allowed;
  }
}
