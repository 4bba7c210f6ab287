package io.twinbeat.lvs;

import io.twinbeat.linux.Ipvs;
import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsService;
import io.twinbeat.linux.IpvsSyncDaemon;
import io.twinbeat.linux.LinuxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The kernel's table, read and brought to what is wanted. One thread at a time. */
final class KernelTable implements AutoCloseable {
  /** Somebody else may change it under our hands; but not for ever. */
  private static final int ATTEMPTS_MAX = 3;

  private static final int ERRORS_SHOWN_MAX = 3;

  private final Ipvs.Opening opening;
  private Optional<Ipvs> socket = Optional.empty();

  KernelTable(Ipvs.Opening opening) {
    this.opening = opening;
  }

  /** Whether this kernel has IPVS loaded; the question makes it try. */
  boolean available() throws LvsException {
    try {
      if (socket.isEmpty()) {
        socket = opening.open();
      }
      return socket.isPresent();
    } catch (LinuxException e) {
      throw new LvsException("IPVS cannot be asked: " + e.getMessage(), e);
    }
  }

  private Ipvs kernel() throws LvsException {
    if (!available()) {
      throw new LvsException("this kernel has no IPVS loaded (modprobe ip_vs)");
    }
    return socket.get();
  }

  private interface Question<T> {
    T ask(Ipvs kernel) throws LinuxException;
  }

  /** An error may mean that the module was unloaded: the next question asks anew. */
  private <T> T ask(Question<T> question) throws LvsException {
    Ipvs kernel = kernel();
    try {
      return question.ask(kernel);
    } catch (LinuxException e) {
      kernel.close();
      socket = Optional.empty();
      throw new LvsException(e.getMessage(), e);
    }
  }

  /** All services, whoever made them. */
  List<IpvsService> services() throws LvsException {
    return ask(Ipvs::services);
  }

  /** The services with these keys, and all their destinations. */
  Table read(Predicate<IpvsService.Key> which) throws LvsException {
    return ask(kernel -> {
      List<Table.Entry> entries = new ArrayList<>();
      for (IpvsService service : kernel.services()) {
        if (which.test(service.key())) {
          // The kernel puts what is added in front of its list.
          List<IpvsDestination> destinations =
              kernel.destinations(service.key()).reversed().stream()
                  .map(IpvsDestination.Counted::destination)
                  .toList();
          entries.add(Table.Entry.of(service, destinations));
        }
      }
      return Table.of(entries);
    });
  }

  /** How many connections each server has, by service. */
  Map<IpvsService.Key, List<IpvsDestination.Counted>> connections(Set<IpvsService.Key> keys)
      throws LvsException {
    return ask(kernel -> {
      Map<IpvsService.Key, List<IpvsDestination.Counted>> found = new HashMap<>();
      for (IpvsService.Key key : keys) {
        found.put(key, kernel.destinations(key));
      }
      return found;
    });
  }

  /**
   * Brings the services with these keys to what is wanted, and no other. Returns when a fresh
   * reading is equal to it; the changes that were needed.
   */
  List<IpvsChange> reconcile(Set<IpvsService.Key> keys, Table wanted) throws LvsException {
    List<IpvsChange> made = new ArrayList<>();
    List<Ipvs.Result> refused = List.of();
    for (int i = 0; i <= ATTEMPTS_MAX; i++) {
      List<IpvsChange> changes = read(keys::contains).changesTo(wanted);
      if (changes.isEmpty()) {
        return made;
      }
      if (i < ATTEMPTS_MAX) {
        List<Ipvs.Result> results = ask(kernel -> kernel.apply(changes));
        refused = results.stream().filter(result -> !result.done()).toList();
        made.addAll(changes);
      }
    }
    throw new LvsException(
        refused.isEmpty()
            ? "the IPVS table is changed by somebody else as fast as it is mended"
            : "the kernel refused "
                + String.join(
                    "; ",
                    refused.stream().limit(ERRORS_SHOWN_MAX).map(Ipvs.Result::toString).toList()));
  }

  /** Runs through all that a takeover needs, and changes nothing. */
  void practise(Set<IpvsService.Key> keys, Table wanted) throws LvsException {
    int _ = read(keys::contains).changesTo(wanted).size();
    ask(kernel -> {
      kernel.practise(Table.EMPTY.changesTo(wanted));
      return true;
    });
  }

  /** Makes the daemon of that role run like this, or none of that role. */
  void daemon(IpvsSyncDaemon.Role role, Optional<IpvsSyncDaemon> wanted) throws LvsException {
    ask(kernel -> {
      Optional<IpvsSyncDaemon> now =
          kernel.daemons().stream().filter(daemon -> daemon.role() == role).findFirst();
      if (!now.equals(wanted)) {
        if (now.isPresent()) {
          kernel.stop(role);
        }
        if (wanted.isPresent()) {
          kernel.start(wanted.get());
        }
      }
      return now;
    });
  }

  List<IpvsSyncDaemon> daemons() throws LvsException {
    return ask(Ipvs::daemons);
  }

  @Override
  public void close() {
    socket.ifPresent(Ipvs::close);
    socket = Optional.empty();
  }
}
