package io.twinbeat.config;

import io.twinbeat.config.Report.Place;
import io.twinbeat.config.Values.Kind;
import io.twinbeat.config.Values.Value;
import io.twinbeat.config.Values.Wrong;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One map of the file while it is read: remembers which keys were asked for, so that {@link #done}
 * can name those that nobody knows. A wrong value is reported and stands in as its default; the
 * reading is bad then anyway.
 */
final class Section {
  private final Report report;
  private final Place place;
  private final Tree.Fields fields;
  private final List<String> known = new ArrayList<>();
  private final List<Missing> missing = new ArrayList<>();

  private record Missing(String key, String expected) {}

  private Section(Report report, Place place, Tree.Fields fields) {
    this.report = report;
    this.place = place;
    this.fields = fields;
  }

  /** One value, the place of its key, and its path. */
  record Item(Tree tree, Place place) {}

  /** The tree as a map; what is not one is reported and read as an empty one. */
  static Optional<Section> of(Report report, Item item, String expected) {
    if (item.tree() instanceof Tree.Fields fields) {
      return Optional.of(new Section(report, item.place(), fields));
    }
    report.problem(valuePlace(item), item.tree().shown(), expected);
    return Optional.empty();
  }

  /** A map that is not in the file: every key has its default. */
  static Section absent(Report report, Place place) {
    return new Section(report, place, new Tree.Fields(List.of(), place.line(), place.column()));
  }

  Report report() {
    return report;
  }

  Place place() {
    return place;
  }

  Place placeOf(String key) {
    Optional<Item> item = find(key);
    return item.isPresent() ? item.get().place() : place;
  }

  boolean has(String key) {
    return find(key).isPresent();
  }

  /** The value of a key, whatever it is. */
  Optional<Item> take(String key) {
    if (!known.contains(key)) {
      known.add(key);
    }
    return find(key);
  }

  /** As {@link #take}, and a problem (told by {@link #done}) where there is none. */
  Optional<Item> need(String key, String expected) {
    Optional<Item> item = take(key);
    if (item.isEmpty()) {
      missing(key, expected);
    }
    return item;
  }

  /** Every key with its value, for maps whose keys are the operator's own names. */
  List<Item> all() {
    List<Item> items = new ArrayList<>(fields.entries().size());
    for (Tree.Entry entry : fields.entries()) {
      known.add(entry.key());
      items.add(new Item(entry.value(), placeOf(entry)));
    }
    return items;
  }

  List<String> keys() {
    List<String> keys = new ArrayList<>(fields.entries().size());
    for (Tree.Entry entry : fields.entries()) {
      keys.add(entry.key());
    }
    return keys;
  }

  <T> Optional<T> optional(String key, Kind<T> kind) {
    Optional<Item> item = take(key);
    return item.isPresent() ? word(report, item.get(), kind) : Optional.empty();
  }

  <T> T or(String key, Kind<T> kind, T otherwise) {
    return optional(key, kind).orElse(otherwise);
  }

  <T> Optional<T> required(String key, Kind<T> kind) {
    Optional<Item> item = need(key, kind.expected());
    return item.isPresent() ? word(report, item.get(), kind) : Optional.empty();
  }

  /** The items of a list; a missing list is empty, anything else than a list is reported. */
  List<Item> items(String key, String expected) {
    Optional<Item> item = take(key);
    return item.isPresent() ? items(report, item.get(), expected) : List.of();
  }

  static List<Item> items(Report report, Item item, String expected) {
    if (!(item.tree() instanceof Tree.Items list)) {
      report.problem(valuePlace(item), item.tree().shown(), expected);
      return List.of();
    }
    List<Item> items = new ArrayList<>(list.items().size());
    for (int i = 0; i < list.items().size(); i++) {
      Tree tree = list.items().get(i);
      items.add(new Item(tree, Place.of(tree, item.place().path() + "[" + i + "]")));
    }
    return items;
  }

  /** The words of a list, without those that are wrong. */
  <T> List<T> words(String key, String expected, Kind<T> kind) {
    List<T> words = new ArrayList<>();
    for (Item item : items(key, expected)) {
      Optional<T> word = word(report, item, kind);
      if (word.isPresent()) {
        words.add(word.get());
      }
    }
    return words;
  }

  static <T> Optional<T> word(Report report, Item item, Kind<T> kind) {
    Place place = valuePlace(item);
    if (!(item.tree() instanceof Tree.Scalar scalar) || scalar.isNothing()) {
      report.problem(place, item.tree().shown(), kind.expected());
      return Optional.empty();
    }
    return switch (kind.parse(scalar.text())) {
      case Value<T>(T value) -> Optional.of(value);
      case Wrong<T>(Optional<String> found, String expected, Optional<String> nearest) -> {
        report.problem(
            place, found.orElseGet(() -> Values.quoted(scalar.text())), expected, nearest);
        yield Optional.empty();
      }
    };
  }

  void missing(String key, String expected) {
    missing.add(new Missing(key, expected));
  }

  /** Whether a key that nobody knows looks like this one; right only after {@link #done}. */
  boolean isMisspelt(String key) {
    for (Tree.Entry entry : fields.entries()) {
      if (!known.contains(entry.key()) && Nearest.of(entry.key(), known).equals(Optional.of(key))) {
        return true;
      }
    }
    return false;
  }

  /** Reports the keys that nobody asked for, and those that are not there; call it last. */
  void done() {
    for (Missing key : missing) {
      // One mistake, one problem: the misspelt key is told below.
      if (!isMisspelt(key.key())) {
        report.problem(place, "no '" + key.key() + "'", key.expected());
      }
    }
    for (Tree.Entry entry : fields.entries()) {
      if (!known.contains(entry.key())) {
        report.problem(
            placeOf(entry),
            "unknown key " + Values.quoted(entry.key()),
            known.size() == 1 ? known.get(0) : "one of " + String.join(", ", known),
            Nearest.of(entry.key(), known));
      }
    }
  }

  /** Where a value stands; a value that is nothing stands where its key does. */
  static Place valuePlace(Item item) {
    return item.tree().isNothing() ? item.place() : Place.of(item.tree(), item.place().path());
  }

  private Optional<Item> find(String key) {
    for (Tree.Entry entry : fields.entries()) {
      if (entry.key().equals(key)) {
        return Optional.of(new Item(entry.value(), placeOf(entry)));
      }
    }
    return Optional.empty();
  }

  private Place placeOf(Tree.Entry entry) {
    String key = Values.shortened(entry.key());
    String path = place.path().isEmpty() ? key : place.path() + "." + key;
    return new Place(entry.line(), entry.column(), path);
  }
}
