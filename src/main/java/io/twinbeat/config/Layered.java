package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Section.Item;
import io.twinbeat.config.Values.Kind;
import java.util.Optional;

/** The settings of one thing, and beside it those that hold for all its like: its own win. */
record Layered(Section own, Section shared) {
  Optional<Item> take(String key) {
    Optional<Item> common = shared.take(key);
    Optional<Item> mine = own.take(key);
    return mine.isPresent() ? mine : common;
  }

  <T> Optional<T> optional(String key, Kind<T> kind) {
    Optional<Item> item = take(key);
    return item.isPresent() ? Section.word(own.report(), item.get(), kind) : Optional.empty();
  }

  <T> T or(String key, Kind<T> kind, T otherwise) {
    return optional(key, kind).orElse(otherwise);
  }

  boolean has(String key) {
    return own.has(key) || shared.has(key);
  }

  Place placeOf(String key) {
    return own.has(key) || !shared.has(key) ? own.placeOf(key) : shared.placeOf(key);
  }
}
