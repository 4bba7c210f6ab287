package io.twinbeat.lvs;

import io.twinbeat.linux.Errno;
import io.twinbeat.linux.Ipvs;
import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsService;
import io.twinbeat.linux.IpvsSyncDaemon;
import io.twinbeat.linux.LinuxException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A kernel's IPVS in memory: what it has, what it refuses, and what it was told. */
final class FakeIpvs implements Ipvs {
  private static final int ESRCH = 3;

  final Map<IpvsService.Key, Table.Entry> entries = new LinkedHashMap<>();
  final List<IpvsChange> changes = new ArrayList<>();
  final List<IpvsSyncDaemon> daemons = new ArrayList<>();
  volatile boolean refusesChanges;
  boolean refusesDaemons;

  /** Sockets that nobody has closed. */
  int open;

  int listings;

  synchronized Optional<Ipvs> opened() {
    open++;
    return Optional.of(this);
  }

  Set<IpvsService.Key> keys() {
    return Set.copyOf(entries.keySet());
  }

  /** Of the one destination with this address. */
  int weight(String ip) {
    List<Integer> weights =
        entries.values().stream()
            .flatMap(entry -> entry.destinations().values().stream())
            .filter(each -> each.ip().getHostAddress().equals(ip))
            .map(IpvsDestination::weight)
            .toList();
    if (weights.size() != 1) {
      throw new AssertionError(ip + " in " + entries);
    }
    return weights.getFirst();
  }

  @Override
  public synchronized List<Result> apply(List<IpvsChange> wanted) {
    return wanted.stream()
        .map(change -> new Result(change, refusesChanges ? Errno.EPERM : made(change), ""))
        .toList();
  }

  private int made(IpvsChange change) {
    Table.Entry entry = entries.get(change.service());
    if ((change instanceof IpvsChange.AddService) == (entry != null)) {
      return entry == null ? ESRCH : Errno.EEXIST;
    }
    if (change.service() instanceof IpvsService.Key.Address) {
      changes.add(change); // Others are of the look whether there is a scheduler.
    }
    switch (change) {
      case IpvsChange.AddService c ->
          entries.put(c.service(), new Table.Entry(c.wanted(), Map.of()));
      case IpvsChange.EditService c ->
          entries.put(c.service(), new Table.Entry(c.wanted(), entry.destinations()));
      case IpvsChange.RemoveService c -> entries.remove(c.service());
      case IpvsChange.AddDestination c -> put(entry, c.wanted());
      case IpvsChange.EditDestination c -> put(entry, c.wanted());
      case IpvsChange.RemoveDestination c -> {
        Map<Table.Endpoint, IpvsDestination> left = new LinkedHashMap<>(entry.destinations());
        left.remove(Table.Endpoint.of(c.gone()));
        entries.put(c.service(), new Table.Entry(entry.service(), left));
      }
    }
    return Errno.OK;
  }

  private void put(Table.Entry entry, IpvsDestination wanted) {
    Map<Table.Endpoint, IpvsDestination> now = new LinkedHashMap<>(entry.destinations());
    now.put(Table.Endpoint.of(wanted), wanted);
    entries.put(entry.service().key(), new Table.Entry(entry.service(), now));
  }

  @Override
  public void practise(List<IpvsChange> changes) {}

  @Override
  public synchronized List<IpvsService> services() {
    listings++;
    return entries.values().stream().map(Table.Entry::service).toList();
  }

  @Override
  public synchronized List<IpvsDestination.Counted> destinations(IpvsService.Key service) {
    Table.Entry entry = entries.get(service);
    return entry == null
        ? List.of()
        : new ArrayList<>(entry.destinations().values())
            .reversed().stream()
                .map(each -> new IpvsDestination.Counted(each, IpvsDestination.Connections.NONE))
                .toList();
  }

  @Override
  public synchronized List<IpvsSyncDaemon> daemons() {
    return List.copyOf(daemons);
  }

  @Override
  public synchronized void start(IpvsSyncDaemon daemon) throws LinuxException {
    if (refusesDaemons) {
      throw new LinuxException("starting the " + daemon.role(), Errno.ENODEV);
    }
    if (daemons.stream().anyMatch(each -> each.role() == daemon.role())) {
      throw new LinuxException("starting the " + daemon.role(), Errno.EEXIST);
    }
    daemons.add(daemon);
  }

  @Override
  public synchronized void stop(IpvsSyncDaemon.Role role) throws LinuxException {
    if (!daemons.removeIf(each -> each.role() == role)) {
      throw new LinuxException("stopping the " + role, ESRCH);
    }
  }

  @Override
  public synchronized void close() {
    open--;
  }
}
