package io.twinbeat.control;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;

/** The lines of the protocol, see the package's documentation. */
final class Protocol {
  static final int VERSION = 1;
  static final int REQUEST_BYTES_MAX = 64 * 1024;
  static final int RESPONSE_BYTES_MAX = 8 * 1024 * 1024;

  private static final String KEY = "twinbeat";
  private static final int VERB_CHARS_MAX = 40;

  private Protocol() {}

  /** A line that is not a request; the message is for the client. */
  static final class BadRequest extends Exception {
    private static final long serialVersionUID = 1;

    BadRequest(String message) {
      super(message);
    }
  }

  static String write(Request request) {
    JsonObject line = head();
    line.addProperty("verb", request.verb());
    line.add("arguments", request.arguments());
    return line.toString();
  }

  static Request request(String line, String user) throws BadRequest {
    JsonObject json;
    try {
      json = object(line);
    } catch (IOException | RuntimeException e) {
      throw new BadRequest("the request is not a line of JSON");
    }
    long version = version(json);
    if (version != VERSION) {
      throw new BadRequest(
          "this daemon speaks version "
              + VERSION
              + " of the control protocol, the request "
              + (version < 0 ? "names none" : "version " + version)
              + ": use the twinbeat command that was installed with it");
    }
    JsonElement verb = json.get("verb");
    if (verb == null || !verb.isJsonPrimitive() || !isVerb(verb.getAsString())) {
      throw new BadRequest("the request names no verb");
    }
    JsonElement arguments = json.has("arguments") ? json.get("arguments") : new JsonObject();
    if (!arguments.isJsonObject()) {
      throw new BadRequest("the request's arguments are not an object");
    }
    return new Request(VERSION, verb.getAsString(), arguments.getAsJsonObject(), user);
  }

  private static boolean isVerb(String text) {
    if (text.isEmpty() || text.length() > VERB_CHARS_MAX) {
      return false;
    }
    return text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || c == '-');
  }

  static String write(Response.End end) {
    JsonObject line = head();
    switch (end) {
      case Response.Done done -> line.add("done", done.result());
      case Response.Failed failed -> line.addProperty("failed", failed.why());
      case Response.Refused refused -> line.addProperty("refused", refused.why());
    }
    return line.toString();
  }

  static String line(JsonObject content) {
    JsonObject line = head();
    line.add("line", content);
    return line.toString();
  }

  /** What a client reads: exactly one of the two is not null. */
  record Answer(JsonObject line, Response.End end) {}

  static Answer answer(String text) {
    try {
      JsonObject json = object(text);
      if (version(json) != VERSION) {
        return broken("it speaks version " + version(json) + " of the control protocol");
      }
      if (json.has("line")) {
        return new Answer(json.getAsJsonObject("line"), null);
      } else if (json.has("done")) {
        return new Answer(null, new Response.Done(json.getAsJsonObject("done")));
      } else if (json.has("failed")) {
        return new Answer(null, new Response.Failed(json.get("failed").getAsString()));
      } else if (json.has("refused")) {
        return new Answer(null, new Response.Refused(json.get("refused").getAsString()));
      }
      return broken("it is none of line, done, failed and refused");
    } catch (IOException | RuntimeException e) {
      return broken("it is not a line of JSON");
    }
  }

  private static Answer broken(String why) {
    return new Answer(null, new Response.Failed("the daemon's answer makes no sense: " + why));
  }

  private static JsonObject head() {
    JsonObject line = new JsonObject();
    line.addProperty(KEY, VERSION);
    return line;
  }

  private static long version(JsonObject json) {
    JsonElement version = json.get(KEY);
    if (version == null || !version.isJsonPrimitive() || !version.getAsJsonPrimitive().isNumber()) {
      return -1;
    }
    try {
      return version.getAsLong();
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static JsonObject object(String text) throws IOException {
    JsonReader reader = new JsonReader(new StringReader(text));
    reader.setStrictness(Strictness.STRICT);
    JsonObject json = JsonParser.parseReader(reader).getAsJsonObject();
    if (reader.peek() != JsonToken.END_DOCUMENT) {
      throw new IOException("more than one value");
    }
    return json;
  }
}
