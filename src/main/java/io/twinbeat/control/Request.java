package io.twinbeat.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/**
 * One order or question. {@code user} is who asks, as the kernel says (empty on the asking side):
 * it belongs into the evidence of what is done for it.
 */
public record Request(int version, String verb, JsonObject arguments, String user) {

  public Request(int version, String verb, JsonObject arguments) {
    this(version, verb, arguments, "");
  }

  /** A request of this program's protocol version. */
  public static Request of(String verb, JsonObject arguments) {
    return new Request(Protocol.VERSION, verb, arguments);
  }

  public static Request of(String verb) {
    return of(verb, new JsonObject());
  }

  /** A text among the arguments; empty too if it is there and is none. */
  public Optional<String> text(String name) {
    return primitive(name)
        .filter(e -> e.getAsJsonPrimitive().isString())
        .map(JsonElement::getAsString);
  }

  /** A whole number among the arguments; empty too if it is there and is none. */
  public Optional<Long> number(String name) {
    return primitive(name)
        .filter(e -> e.getAsJsonPrimitive().isNumber())
        .flatMap(e -> {
          try {
            return Optional.of(e.getAsLong());
          } catch (NumberFormatException notWhole) {
            return Optional.empty();
          }
        });
  }

  /** Whether this argument is there and true. */
  public boolean flag(String name) {
    return primitive(name)
        .filter(e -> e.getAsJsonPrimitive().isBoolean())
        .map(JsonElement::getAsBoolean)
        .orElse(false);
  }

  private Optional<JsonElement> primitive(String name) {
    return Optional.ofNullable(arguments.get(name)).filter(JsonElement::isJsonPrimitive);
  }
}
