package io.twinbeat.daemon;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.twinbeat.resource.ReadinessItem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Whether nginx's files and those that the file names are the same on both nodes. As long as they
 * are, the nodes exchange one hash; otherwise the hashes of the files, and for a few small texts
 * those of their lines.
 */
final class SameFiles {
  static final String QUESTION = "files";
  static final String NAME = "same configuration files";

  private static final Duration ASK_LIMIT = Duration.ofSeconds(5);
  private static final int PAGE_CHARS = 96 * 1024;
  private static final int PAGES_MAX = 64;
  private static final int NAMED_MAX = 4;

  private final String self;
  private final String peer;
  private final Supplier<List<Path>> roots;
  private final List<Path> without;
  private final PeerQuestions questions;
  private final FileTree tree = new FileTree();

  SameFiles(
      String self,
      String peer,
      Supplier<List<Path>> roots,
      List<Path> without,
      PeerQuestions questions) {
    this.self = self;
    this.peer = peer;
    this.roots = roots;
    this.without = without;
    this.questions = questions;
    questions.answer(QUESTION, this::answer);
  }

  private FileTree.Seen seen() throws IOException {
    return tree.look(roots.get(), without);
  }

  private JsonObject answer(JsonObject question) throws IOException {
    FileTree.Seen seen = seen();
    JsonObject answer = new JsonObject();
    if (question.has("lines")) {
      JsonArray lines = new JsonArray();
      String path = question.get("lines").getAsString();
      if (seen.hashes().containsKey(path)) {
        FileLines.of(Path.of(path)).forEach(lines::add);
      }
      answer.add("lines", lines);
      return answer;
    }
    boolean same = question.get("digest").getAsString().equals(seen.digest());
    answer.addProperty("same", same);
    if (!same) {
      page(seen.hashes().tailMap(question.get("after").getAsString(), false), answer);
    }
    return answer;
  }

  private static void page(NavigableMap<String, String> hashes, JsonObject answer) {
    JsonObject files = new JsonObject();
    int chars = 0;
    boolean more = false;
    for (Map.Entry<String, String> file : hashes.entrySet()) {
      chars += file.getKey().length() + file.getValue().length();
      if (chars > PAGE_CHARS && files.size() > 0) {
        more = true;
        break;
      }
      files.addProperty(file.getKey(), file.getValue());
    }
    answer.add("files", files);
    answer.addProperty("more", more);
  }

  ReadinessItem look() {
    try {
      FileTree.Seen here = seen();
      NavigableMap<String, String> there = there(here);
      return judged(here, there);
    } catch (IOException e) {
      return ReadinessItem.unknown(NAME, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return ReadinessItem.unknown(NAME, "interrupted");
    }
  }

  private NavigableMap<String, String> there(FileTree.Seen here)
      throws IOException, InterruptedException {
    NavigableMap<String, String> there = new TreeMap<>();
    String after = "";
    for (int page = 0; page < PAGES_MAX; page++) {
      JsonObject question = new JsonObject();
      question.addProperty("digest", here.digest());
      question.addProperty("after", after);
      JsonObject answer = questions.ask(QUESTION, question, ASK_LIMIT);
      if (answer.get("same").getAsBoolean()) {
        return here.hashes();
      }
      for (Map.Entry<String, JsonElement> file : answer.getAsJsonObject("files").entrySet()) {
        there.put(file.getKey(), file.getValue().getAsString());
        after = file.getKey();
      }
      if (!answer.get("more").getAsBoolean()) {
        return there;
      }
    }
    throw new IOException(peer + " has too many files to compare them all");
  }

  private ReadinessItem judged(FileTree.Seen here, NavigableMap<String, String> there)
      throws InterruptedException {
    TreeSet<String> all = new TreeSet<>(here.hashes().keySet());
    all.addAll(there.keySet());
    List<String> differing = new ArrayList<>();
    for (String path : all) {
      String mine = here.hashes().get(path);
      String theirs = there.get(path);
      if (mine == null || theirs == null || !mine.equals(theirs)) {
        differing.add(path);
      }
    }
    String left = here.limits().isEmpty() ? "" : "; not compared: " + brief(here.limits());
    if (differing.isEmpty()) {
      String count = all.size() + (all.size() == 1 ? " file" : " files");
      return left.isEmpty()
          ? ReadinessItem.good(NAME, count + " as on " + peer)
          : ReadinessItem.warning(
              NAME, count + " as on " + peer + left, "name fewer files in same-files");
    }
    List<String> named = new ArrayList<>();
    for (String path : differing.subList(0, Math.min(NAMED_MAX, differing.size()))) {
      named.add(
          !there.containsKey(path)
              ? path + " is missing on " + peer
              : !here.hashes().containsKey(path)
                  ? path + " is missing on " + self
                  : path + " differs" + lines(path));
    }
    int more = differing.size() - named.size();
    return ReadinessItem.bad(
        NAME,
        String.join(", ", named) + (more > 0 ? ", and " + more + " more" : "") + left,
        "copy the right ones to the other node and reload nginx there; what is to differ goes into"
            + " own-files");
  }

  private String lines(String path) throws InterruptedException {
    try {
      List<String> here = FileLines.of(Path.of(path));
      if (here.isEmpty()) {
        return "";
      }
      JsonObject question = new JsonObject();
      question.addProperty("lines", path);
      List<String> there = new ArrayList<>();
      for (JsonElement line :
          questions.ask(QUESTION, question, ASK_LIMIT).getAsJsonArray("lines")) {
        there.add(line.getAsString());
      }
      String difference = FileLines.difference(here, there, peer);
      return difference.isEmpty() ? "" : " (" + difference + ")";
    } catch (IOException e) {
      return ""; // That it differs is known already.
    }
  }

  private static String brief(List<String> all) {
    return all.size() == 1
        ? all.getFirst()
        : all.getFirst() + ", and " + (all.size() - 1) + " more";
  }
}
