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

  private final Set<FloatingAddress> held = ConcurrentHashMap.newKeySet();
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
    return held.contains(address);
  }

  /** Those of the given addresses that are on their devices, with whatever prefix length. */
  Set<FloatingAddress> present(Collection<FloatingAddress> wanted) throws LinuxException {
    Set<FloatingAddress> found = new HashSet<>();
    for (There there : there(wanted)) {
      found.add(there.address);
    }
    return found;
  }

  /** An address as the kernel lists it. */
  private record There(FloatingAddress address, InterfaceAddress actual) {}

  private List<There> there(Collection<FloatingAddress> wanted) throws LinuxException {
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
        if (indexes.get(address.device()) == actual.ifindex()) {
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
    try {
      resolve(wanted);
      List<String> problems = new ArrayList<>();
      List<FloatingAddress> taken = new ArrayList<>(wanted.size());
      for (int from = 0; from < wanted.size(); from += RouteSocket.BATCH_MAX) {
        int to = Math.min(wanted.size(), from + RouteSocket.BATCH_MAX);
        List<FloatingAddress> added = add(wanted.subList(from, to), problems);
        held.addAll(added);
        announcer.announce(added);
        taken.addAll(added);
      }
      announcer.announce(taken);
      schedule.start(taken, now);
      if (!problems.isEmpty()) {
        throw new AddressException(problems.getFirst() + Announcer.more(problems.size() - 1));
      }
    } catch (LinuxException e) {
      throw new AddressException("taking " + wanted.getFirst() + Announcer.more(wanted.size() - 1), e);
    } finally {
      lock.unlock();
    }
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
  private List<FloatingAddress> add(List<FloatingAddress> wanted, List<String> problems)
      throws LinuxException {
    List<RouteSocket.Result> results = route.add(onDevices(wanted));
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
        problems.add("adding " + wanted.get(i) + ": " + result);
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
      for (There there : there(found)) {
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
      for (FloatingAddress address : unwanted) {
        held.remove(address);
        absent.remove(address);
        guard.forget(address);
      }
      // Results don't matter: what counts is what is there afterwards.
      route.delete(onDevices(unwanted));
      List<There> left = there(unwanted);
      for (int i = 0; i < REMOVALS_MAX && !left.isEmpty(); i++) {
        route.delete(left.stream().map(There::actual).toList());
        left = there(unwanted);
      }
      if (!left.isEmpty()) {
        throw new AddressException(
            left.getFirst().address + Announcer.more(left.size() - 1) + " can't be removed");
      }
    } catch (LinuxException e) {
      throw new AddressException(
          "removing " + unwanted.getFirst() + Announcer.more(unwanted.size() - 1), e);
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
        if (held.contains(address)) {
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
      List<FloatingAddress> missing = new ArrayList<>(held);
      missing.removeAll(present(held));
      List<Pruned> told = new ArrayList<>();
      List<FloatingAddress> restored = new ArrayList<>();
      for (FloatingAddress address : missing) {
        String problem = putBack(address, now);
        if (problem.isEmpty()) {
          restored.add(address);
          absent.remove(address);
          told.add(new Pruned(address, true, address + " was removed by somebody, and put back"));
        } else if (absent.add(address)) {
          told.add(new Pruned(address, false, address + " was removed by somebody: " + problem));
        }
      }
      absent.retainAll(missing);
      announce(restored, now);
      return told;
    } finally {
      lock.unlock();
    }
  }

  /** Returns why not, or an empty text. */
  private String putBack(FloatingAddress address, long now) throws LinuxException {
    Optional<Link> link = devices.look(address.device());
    if (link.isEmpty()) {
      return "device " + address.device() + " is gone too";
    }
    if (!guard.allow(address, now)) {
      return "for the "
          + (PruneGuard.PUT_BACKS_MAX + 1)
          + "th time within "
          + PruneGuard.WINDOW.toSeconds()
          + " s; it is put back later";
    }
    devices.changed(link.get());
    List<String> problems = new ArrayList<>();
    add(List.of(address), problems);
    return problems.isEmpty() ? "" : problems.getFirst();
  }
}
