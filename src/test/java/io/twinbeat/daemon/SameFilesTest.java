package io.twinbeat.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.twinbeat.resource.ReadinessItem;
import io.twinbeat.resource.ReadinessItem.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes compare their files: lb2's answers are rewritten so that both seem to have /etc. */
class SameFilesTest {
  @TempDir Path dir;
  private Path here;
  private Path there;
  private boolean heard = true;
  private final List<String> wire = new ArrayList<>();
  private final PeerQuestions lb1 = new PeerQuestions("lb2", message -> sent(message, true));
  private final PeerQuestions lb2 = new PeerQuestions("lb1", message -> sent(message, false));
  private SameFiles files;

  private boolean sent(byte[] bytes, boolean toLb2) {
    if (!heard) {
      return false;
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    wire.add(text);
    String moved =
        toLb2
            ? text.replace(here.toString(), there.toString())
            : text.replace(there.toString(), here.toString());
    JsonObject message = JsonParser.parseString(moved).getAsJsonObject();
    if (message.get("kind").getAsString().equals(PeerQuestions.QUESTION)) {
      (toLb2 ? lb2 : lb1).asked(message);
    } else {
      (toLb2 ? lb2 : lb1).answered(message);
    }
    return true;
  }

  @BeforeEach
  void start() throws IOException {
    here = Files.createDirectories(dir.resolve("here"));
    there = Files.createDirectories(dir.resolve("there"));
    files = new SameFiles("lb1", "lb2", () -> List.of(here), List.of(here.resolve("own")), lb1);
    new SameFiles("lb2", "lb1", () -> List.of(there), List.of(there.resolve("own")), lb2);
    both("nginx.conf", "one\ntwo\nthree\n");
    both("sites/a", "server {}\n");
  }

  private void both(String name, String text) throws IOException {
    write(here, name, text);
    write(there, name, text);
  }

  private static void write(Path root, String name, String text) throws IOException {
    Files.createDirectories(root.resolve(name).getParent());
    Files.writeString(root.resolve(name), text);
  }

  @Test
  void sameFilesAreGood() {
    ReadinessItem item = files.look();
    assertEquals(State.GOOD, item.state(), item.toString());
    assertEquals("2 files as on lb2", item.detail());
  }

  @Test
  void driftIsToldByFileAndCountOfLinesAndNeverByContent() throws IOException {
    write(here, "nginx.conf", "one\nSECRET-HERE\nthree\nfour\n");
    write(there, "nginx.conf", "one\ntwo\nSECRET-THERE\n");
    write(here, "sites/b", "server {}\n");
    write(there, "sites/c", "server {}\n");
    ReadinessItem item = files.look();
    assertEquals(State.BAD, item.state());
    assertEquals(
        here
            + "/nginx.conf differs (3 lines here, 2 on lb2), "
            + here
            + "/sites/b is missing on lb2, "
            + here
            + "/sites/c is missing on lb1",
        item.detail());
    assertTrue(item.mend().contains("own-files"), item.mend());
    assertFalse(wire.toString().contains("SECRET"), "content on the wire");
    Files.delete(here.resolve("sites/b"));
    Files.delete(there.resolve("sites/c"));
    both("nginx.conf", "one\n");
    assertEquals(State.GOOD, files.look().state());
  }

  @Test
  void whatMayDifferDoes() throws IOException {
    write(here, "own/node.conf", "lb1\n");
    write(there, "own/node.conf", "lb2\n");
    assertEquals("2 files as on lb2", files.look().detail());
  }

  @Test
  void aPeerThatIsNotHeardIsUnknown() {
    heard = false;
    ReadinessItem item = files.look();
    assertEquals(State.UNKNOWN, item.state());
    assertTrue(item.detail().contains("lb2"), item.detail());
  }

  @Test
  void manyDifferentFilesComeInSeveralAnswers() throws IOException {
    for (int i = 0; i < 1_500; i++) {
      write(here, "many/" + "x".repeat(60) + i, "a" + i);
      write(there, "many/" + "x".repeat(60) + i, "b" + i);
    }
    ReadinessItem item = files.look();
    assertEquals(State.BAD, item.state());
    assertTrue(item.detail().endsWith("and 1496 more"), item.detail());
    assertTrue(wire.size() > 4, "answers: " + wire.size());
  }

  @Test
  void onlyWhatChangedIsReadAgainAndTooMuchIsSaid() throws IOException {
    Path file = here.resolve("nginx.conf");
    FileTime long_ago = FileTime.from(Instant.now().minusSeconds(100));
    Files.setLastModifiedTime(file, long_ago);
    FileTree tree = new FileTree();
    String first = tree.look(List.of(here), List.of()).digest();
    // Same length and time: the stamp says that nothing has changed.
    Files.writeString(file, "ONE\ntwo\nthree\n");
    Files.setLastModifiedTime(file, long_ago);
    assertEquals(first, tree.look(List.of(here), List.of()).digest());
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(50)));
    assertFalse(first.equals(tree.look(List.of(here), List.of()).digest()));

    for (int i = 0; i <= FileTree.FILES_MAX; i++) {
      Files.createFile(there.resolve("f" + i));
    }
    String why =
        assertThrows(IOException.class, () -> tree.look(List.of(there), List.of())).getMessage();
    assertTrue(why.contains("more than " + FileTree.FILES_MAX + " files"), why);
  }

  @Test
  void aLoopOfLinksEnds() throws IOException {
    Files.createSymbolicLink(here.resolve("loop"), here);
    FileTree.Seen seen = new FileTree().look(List.of(here), List.of());
    assertEquals(2, seen.hashes().size(), seen.toString());
  }
}
