package io.twinbeat.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The hash knows every component of every record: each one is changed by itself, by reflection. */
class MeaningTest {
  private int changes;

  @Test
  void everyComponentIsPartOfTheMeaning() throws Exception {
    Pair pair = SiteReaderTest.pair(SiteReaderTest.FULL);
    String text = Meaning.text(pair);
    for (Object changed : variants(pair, "pair")) {
      Change change = (Change) changed;
      if (change.path().equals("pair.hash")
          || change.path().startsWith("pair.groups[0].probe[0]")) {
        continue;
      }
      changes++;
      assertNotEquals(text, Meaning.text((Pair) change.value()), change.path());
    }
    assertTrue(changes > 100, "only " + changes);
    assertEquals(text, Meaning.text(SiteReaderTest.pair(SiteReaderTest.FULL)));
  }

  private record Change(String path, Object value) {}

  /** Copies of the value with one leaf changed in each. */
  private static List<Change> variants(Object value, String path) throws Exception {
    List<Change> out = new ArrayList<>();
    switch (value) {
      case Record record -> components(record, path, out);
      case List<?> list -> {
        out.add(
            new Change(
                path + " shorter", list.isEmpty() ? List.of("x") : list.subList(1, list.size())));
        for (int i = 0; i < list.size(); i++) {
          for (Change change : variants(list.get(i), path + "[" + i + "]")) {
            List<Object> copy = new ArrayList<>(list);
            copy.set(i, change.value());
            out.add(new Change(change.path(), copy));
          }
        }
      }
      case Map<?, ?> map -> {
        Map<Object, Object> more = new LinkedHashMap<>(map);
        more.put("added", "x");
        out.add(new Change(path + " more", more));
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          Map<Object, Object> other = new LinkedHashMap<>(map);
          other.put(entry.getKey(), entry.getValue() + "x");
          out.add(new Change(path + "." + entry.getKey(), other));
        }
      }
      case Optional<?> optional -> {
        if (optional.isPresent()) {
          out.add(new Change(path + " gone", Optional.empty()));
          for (Change change : variants(optional.get(), path + "[0]")) {
            out.add(new Change(change.path(), Optional.of(change.value())));
          }
        }
      }
      case String s -> out.add(new Change(path, s + "x"));
      case Integer i -> out.add(new Change(path, i + 1));
      case Long l -> out.add(new Change(path, l + 1));
      case Boolean b -> out.add(new Change(path, !b));
      case Duration d -> out.add(new Change(path, d.plusMillis(1)));
      case Path p -> out.add(new Change(path, p.resolve("x")));
      case URI u -> out.add(new Change(path, URI.create(u + "x")));
      case InetAddress _ -> out.add(new Change(path, InetAddress.ofLiteral("192.0.2.1")));
      case ForwardingMode mode ->
          out.add(
              new Change(
                  path, mode == ForwardingMode.NAT ? ForwardingMode.DR : ForwardingMode.NAT));
      default -> throw new AssertionError("unknown leaf " + value.getClass() + " at " + path);
    }
    return out;
  }

  private static void components(Record record, String path, List<Change> out) throws Exception {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      components[i].getAccessor().setAccessible(true);
      values[i] = components[i].getAccessor().invoke(record);
    }
    Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
    constructor.setAccessible(true);
    for (int i = 0; i < components.length; i++) {
      for (Change change : variants(values[i], path + "." + components[i].getName())) {
        if (change.path().equals("pair.nodes shorter")) {
          continue;
        }
        Object[] changed = values.clone();
        changed[i] = change.value();
        out.add(new Change(change.path(), constructor.newInstance(changed)));
      }
    }
  }
}
