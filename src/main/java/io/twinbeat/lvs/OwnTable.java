package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsService;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A director's part of the kernel's table: the services that the file names, and those that were
 * made by an earlier life from another file. Made, compared and taken out. One thread at a time.
 */
final class OwnTable {
  private final KernelTable kernel;
  private final Kept kept;
  private final Map<IpvsService.Key, Set<Table.Endpoint>> named;
  private final Predicate<IpvsService.Key> elsewhere;

  /** What was made, and read back; empty when that failed half way. */
  private Optional<Table> last = Optional.of(Table.EMPTY);

  /**
   * {@code named}: the services of the file with their servers; {@code elsewhere}: those that
   * another director of this node names now.
   */
  OwnTable(
      KernelTable kernel,
      Kept kept,
      Map<IpvsService.Key, Set<Table.Endpoint>> named,
      Predicate<IpvsService.Key> elsewhere) {
    this.kernel = kernel;
    this.kept = kept;
    this.named = Map.copyOf(named);
    this.elsewhere = elsewhere;
  }

  /** All services that are this director's. */
  Set<IpvsService.Key> keys() {
    Set<IpvsService.Key> keys = new HashSet<>(kept.own());
    keys.removeIf(elsewhere);
    keys.addAll(named.keySet());
    return keys;
  }

  /** Whether another director of this node names it. */
  boolean isElsewhere(IpvsService.Key key) {
    return elsewhere.test(key);
  }

  /** What a life of this boot made, as far as it is still there. */
  Table left() throws LvsException {
    return kept.own().isEmpty() ? Table.EMPTY : kernel.read(kept.own()::contains);
  }

  /** The servers that were known to the life that made it; empty where that was not kept. */
  Map<IpvsService.Key, Optional<Set<Table.Endpoint>>> known() {
    return kept.known();
  }

  /** It was read back when this returns. What is made is remembered before. */
  List<IpvsChange> make(Table wanted) throws LvsException {
    Set<IpvsService.Key> all = keys();
    kept.own(all);
    List<IpvsChange> made = reconcile(all, wanted);
    kept.made(named);
    return made;
  }

  /** What of it was there. */
  List<IpvsChange> remove() throws LvsException {
    List<IpvsChange> made = reconcile(keys(), Table.EMPTY);
    kept.own(Set.of());
    return made;
  }

  private List<IpvsChange> reconcile(Set<IpvsService.Key> all, Table wanted) throws LvsException {
    last = Optional.empty();
    List<IpvsChange> made = kernel.reconcile(all, wanted);
    last = Optional.of(wanted);
    return made;
  }

  /** Makes it where it is not; what others did to what was made. Reads once where all is well. */
  List<IpvsChange> mend(Table wanted) throws LvsException {
    Table now = kernel.read(keys()::contains);
    List<IpvsChange> edits = last.map(made -> made.changesTo(now)).orElse(List.of());
    if (!now.changesTo(wanted).isEmpty()) {
      make(wanted);
    }
    return edits;
  }

  /** Runs through all that making it needs, and changes nothing. */
  void practise(Table wanted) throws LvsException {
    kernel.practise(keys(), wanted);
  }

  /** How many connections each server has, by service. */
  Map<IpvsService.Key, List<IpvsDestination.Counted>> connections() throws LvsException {
    return kernel.connections(keys());
  }
}
