package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsChange;
import io.twinbeat.linux.IpvsDestination;
import io.twinbeat.linux.IpvsService;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A director's part of the kernel's table: the services that the file names, and those that were
 * made by an earlier life from another file. Made, compared and taken out. One thread at a time.
 */
final class OwnTable {
  private final KernelTable kernel;
  private final Kept kept;
  private final Map<IpvsService.Key, Set<Table.Endpoint>> named;
  private Table last = Table.EMPTY;

  /** {@code named}: the services of the file with their servers. */
  OwnTable(KernelTable kernel, Kept kept, Map<IpvsService.Key, Set<Table.Endpoint>> named) {
    this.kernel = kernel;
    this.kept = kept;
    this.named = Map.copyOf(named);
  }

  /** All services that are this director's. */
  Set<IpvsService.Key> keys() {
    Set<IpvsService.Key> keys = new HashSet<>(kept.own());
    keys.addAll(named.keySet());
    return keys;
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
    List<IpvsChange> made = kernel.reconcile(all, wanted);
    last = wanted;
    kept.made(named);
    return made;
  }

  List<IpvsChange> remove() throws LvsException {
    List<IpvsChange> made = kernel.reconcile(keys(), Table.EMPTY);
    last = Table.EMPTY;
    kept.own(Set.of());
    return made;
  }

  /** What others did to it since it was made. */
  List<IpvsChange> edits() throws LvsException {
    return last.changesTo(kernel.read(keys()::contains));
  }

  /** Whether the kernel has any of it. */
  boolean isThere() throws LvsException {
    return !kernel.read(keys()::contains).entries().isEmpty();
  }

  /** Runs through all that making it needs, and changes nothing. */
  void practise(Table wanted) throws LvsException {
    kernel.practise(keys(), wanted);
  }

  /** How many connections each server has, by service. */
  Map<IpvsService.Key, List<IpvsDestination.Counted>> connections() throws LvsException {
    return kernel.connections(last.entries().keySet());
  }
}
