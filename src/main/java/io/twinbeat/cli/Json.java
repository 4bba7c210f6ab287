package io.twinbeat.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Reads what a daemon answered and bears what is missing: it may be of another release. */
final class Json {
  private static final JsonObject NOTHING = new JsonObject();

  private Json() {}

  /** The text or number of this name, fit for a terminal; empty if there is none. */
  static String text(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || !value.isJsonPrimitive() ? "" : oneLine(value.getAsString());
  }

  /** What devices and hooks wrote may hold anything; none of it reaches the terminal raw. */
  static String oneLine(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      clean.append(c < ' ' || (c >= 0x7f && c < 0xa0) ? ' ' : c);
    }
    return clean.toString();
  }

  /** The number of this name; -1 if there is none. */
  static long number(JsonObject object, String name) {
    JsonElement value = object.get(name);
    if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
      return -1;
    }
    return (long) value.getAsDouble();
  }

  static boolean flag(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value != null && value.isJsonPrimitive() && value.getAsBoolean();
  }

  static JsonObject object(JsonObject object, String name) {
    JsonElement value = object.get(name);
    return value == null || !value.isJsonObject() ? NOTHING : value.getAsJsonObject();
  }

  /** The objects of the list of this name. */
  static List<JsonObject> list(JsonObject object, String name) {
    JsonElement value = object.get(name);
    List<JsonObject> all = new ArrayList<>();
    if (value != null && value.isJsonArray()) {
      for (JsonElement element : value.getAsJsonArray()) {
        if (element.isJsonObject()) {
          all.add(element.getAsJsonObject());
        }
      }
    }
    return all;
  }
}
