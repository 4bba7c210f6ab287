package io.twinbeat.lvs;

import io.twinbeat.linux.IpvsService;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which director of this node names which service in the present file, shared by all: one that had
 * it by an earlier file leaves it to the other. Safe from any thread.
 */
public final class NamedServices {
  private final Map<IpvsService.Key, String> directors = new ConcurrentHashMap<>();

  void add(String director, Set<IpvsService.Key> keys) {
    keys.forEach(key -> directors.put(key, director));
  }

  boolean ofAnother(String director, IpvsService.Key key) {
    return !directors.getOrDefault(key, director).equals(director);
  }
}
