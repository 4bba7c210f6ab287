package io.twinbeat.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The newest order for each real server that ever had one. Books are joined: in any order and any
 * number of times, the result is the same on both nodes. Immutable.
 */
record DrainBook(NavigableMap<String, DrainOrder> orders) {
  static final DrainBook EMPTY = new DrainBook(new TreeMap<>());

  /** An order for each microsecond of 285 years; one more never overflows. */
  private static final long NUMBER_MAX = 1L << 53;

  /** Quotes, colon, brackets, commas, a number and a word around a name. */
  private static final int CHARS_AROUND = 32;

  private static final int DIGEST_BYTES = 8;

  DrainBook {
    orders = Collections.unmodifiableNavigableMap(new TreeMap<>(orders));
  }

  /**
   * The orders for all servers with names after one and up to another; {@code upTo} is empty on the
   * last page, which ends nowhere.
   */
  record Page(String after, Optional<String> upTo, DrainBook book) {
    JsonObject json() {
      JsonObject json = new JsonObject();
      json.addProperty("after", after);
      upTo.ifPresent(name -> json.addProperty("upTo", name));
      json.add("orders", book.json());
      return json;
    }

    static Page parse(JsonObject json) throws IOException {
      return new Page(
          text(json.get("after")),
          json.has("upTo") ? Optional.of(text(json.get("upTo"))) : Optional.empty(),
          parse(json, "orders"));
    }

    private static DrainBook parse(JsonObject json, String key) throws IOException {
      if (json.get(key) instanceof JsonObject orders) {
        return DrainBook.parse(orders);
      }
      throw damaged(json);
    }

    private static String text(JsonElement element) throws IOException {
      if (element instanceof JsonPrimitive text && text.isString()) {
        return text.getAsString();
      }
      throw damaged(element);
    }

    /** After which name the next page begins; empty when all has been said. */
    Optional<String> next(News news) {
      return news.more() ? Optional.of(news.book().orders().lastKey()) : upTo;
    }
  }

  /** What the sender of a page does not know; {@code more}: there is more of it after the last. */
  record News(DrainBook book, boolean more) {
    JsonObject json() {
      JsonObject json = new JsonObject();
      json.add("orders", book.json());
      json.addProperty("more", more);
      return json;
    }

    static News parse(JsonObject json) throws IOException {
      DrainBook book = Page.parse(json, "orders");
      boolean more = json.get("more") instanceof JsonPrimitive flag && flag.getAsBoolean();
      return new News(book, more && !book.orders().isEmpty());
    }
  }

  DrainOrder of(String server) {
    return orders.getOrDefault(server, DrainOrder.NONE);
  }

  DrainBook with(String server, DrainOrder order) {
    NavigableMap<String, DrainOrder> next = new TreeMap<>(orders);
    next.put(server, order);
    return new DrainBook(next);
  }

  DrainBook join(DrainBook other) {
    NavigableMap<String, DrainOrder> joined = new TreeMap<>(orders);
    other.orders.forEach((server, order) -> joined.merge(server, order, DrainOrder::join));
    return new DrainBook(joined);
  }

  DrainBook only(Set<String> servers) {
    NavigableMap<String, DrainOrder> some = new TreeMap<>(orders);
    some.keySet().retainAll(servers);
    return new DrainBook(some);
  }

  Set<String> drained() {
    Set<String> drained = new TreeSet<>();
    orders.forEach((server, order) -> {
      if (order.drained()) {
        drained.add(server);
      }
    });
    return drained;
  }

  /** The orders for what comes after that name, as many as fit; one at least. */
  Page pageAfter(String after, int charsMax) {
    NavigableMap<String, DrainOrder> tail = orders.tailMap(after, false);
    NavigableMap<String, DrainOrder> some = first(tail, charsMax);
    return new Page(
        after,
        some.size() < tail.size() ? Optional.of(some.lastKey()) : Optional.empty(),
        new DrainBook(some));
  }

  /** To be asked when the page has been joined. */
  News newsFor(Page page, int charsMax) {
    NavigableMap<String, DrainOrder> news = new TreeMap<>();
    NavigableMap<String, DrainOrder> range =
        page.upTo().isPresent()
            ? orders.headMap(page.upTo().get(), true).tailMap(page.after(), false)
            : orders.tailMap(page.after(), false);
    range.forEach((server, order) -> {
      if (!page.book().of(server).equals(order)) {
        news.put(server, order);
      }
    });
    NavigableMap<String, DrainOrder> some = first(news, charsMax);
    return new News(new DrainBook(some), some.size() < news.size());
  }

  private static NavigableMap<String, DrainOrder> first(
      NavigableMap<String, DrainOrder> all, int charsMax) {
    NavigableMap<String, DrainOrder> some = new TreeMap<>();
    int chars = 0;
    for (Map.Entry<String, DrainOrder> each : all.entrySet()) {
      chars += each.getKey().length() + CHARS_AROUND;
      if (chars > charsMax && !some.isEmpty()) {
        break;
      }
      some.put(each.getKey(), each.getValue());
    }
    return some;
  }

  /** Tells books apart, and the lives of the daemons that have them. */
  String digest(long incarnation) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update((incarnation + " " + json()).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code {"web1": [3, true]}}: its third order was a drain. */
  JsonObject json() {
    JsonObject json = new JsonObject();
    orders.forEach((server, order) -> {
      JsonArray values = new JsonArray(2);
      values.add(order.number());
      values.add(order.drained());
      json.add(server, values);
    });
    return json;
  }

  static DrainBook parse(JsonObject json) throws IOException {
    NavigableMap<String, DrainOrder> orders = new TreeMap<>();
    for (Map.Entry<String, JsonElement> each : json.entrySet()) {
      orders.put(each.getKey(), order(each.getValue()));
    }
    return new DrainBook(orders);
  }

  private static DrainOrder order(JsonElement json) throws IOException {
    if (json instanceof JsonArray values
        && values.size() == 2
        && values.get(0) instanceof JsonPrimitive number
        && values.get(1) instanceof JsonPrimitive drained
        && drained.isBoolean()) {
      try {
        long count = Long.parseLong(number.getAsString());
        if (count > 0 && count <= NUMBER_MAX) {
          return new DrainOrder(count, drained.getAsBoolean());
        }
      } catch (NumberFormatException e) {
        throw damaged(json);
      }
    }
    throw damaged(json);
  }

  private static IOException damaged(JsonElement json) {
    return new IOException(
        "not orders of drains: " + PeerText.shown(String.valueOf(json)) + ", expected [3, true]");
  }
}
